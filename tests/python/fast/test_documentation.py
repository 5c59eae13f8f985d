"""What a person reads: the page of commands is what a command says, links lead somewhere."""

from __future__ import annotations

import re

import click
import pytest
from area_pictures import page as areas_page

from orchestration.cli import main
from orchestration.cli.commands_page import commands_page
from orchestration.defs.project import manifest
from orchestration.settings import PROJECT_DIR


def test_the_page_of_commands_is_what_the_command_writes() -> None:
    page = (PROJECT_DIR / "docs" / "commands.md").read_text()
    assert page == commands_page(main) + "\n", "write it again: tieout commands > docs/commands.md"


def test_the_pictures_of_the_areas_are_those_of_the_models() -> None:
    page = (PROJECT_DIR / "docs" / "areas.md").read_text()
    assert page == areas_page(manifest()), "write it again, as tests/python/area_pictures.py says"


def test_the_readme_is_one_page() -> None:
    assert len((PROJECT_DIR / "README.md").read_text().splitlines()) <= 150


def test_links_lead_somewhere() -> None:
    pages = [
        PROJECT_DIR / name for name in ("README.md", "CONTRIBUTING.md", "DECISIONS.md", "landing/README.md")
    ]
    for page in [*pages, *(PROJECT_DIR / "docs").glob("*.md"), PROJECT_DIR / "benchmarks" / "README.md"]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_a_decision_has_a_number_of_its_own_and_a_date() -> None:
    headings = re.findall(r"^## (.*)$", (PROJECT_DIR / "DECISIONS.md").read_text(), re.MULTILINE)
    numbers = [re.fullmatch(r"D(\d{3}), \d{4}-\d\d-\d\d: .+", heading) for heading in headings]
    assert all(numbers), [heading for heading, found in zip(headings, numbers, strict=True) if not found]
    assert len({found[1] for found in numbers}) == len(numbers)


_PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "landing/README.md",
    "benchmarks/README.md",
    *sorted(str(page.relative_to(PROJECT_DIR)) for page in (PROJECT_DIR / "docs").glob("*.md")),
]


@pytest.mark.parametrize("name", _PAGES)
def test_each_command_that_a_page_names_is_there(name: str) -> None:
    """Of `tieout` with its options, of `make` with its targets."""
    page = (PROJECT_DIR / name).read_text()
    code = [*re.findall(r"^(?: {4}|> ?)(.*)$", page, re.MULTILINE), *re.findall(r"`([^`\n]+)`", page)]
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT_DIR / "Makefile").read_text(), re.MULTILINE))
    for line in code:
        for words in re.findall(r"(?:^|[;&|] |^[A-Z_]+=\S+ )tieout ([^;&|#`]*)", line):
            wrong = _unknown(main, words.split())
            assert not wrong, f"{name}: tieout {words}: {wrong}"
        for target in re.findall(r"(?:^|[;&|] )make ([a-z-]+)", line):
            assert target in targets, f"{name}: make {target}"


def _unknown(group: click.Group, words: list[str]) -> str | None:
    """The command or the option that is not there."""
    command: click.Command = group
    for word in words:
        if word.startswith("--"):
            options = {option for parameter in command.params for option in parameter.opts}
            is_known = word.partition("=")[0] in {*options, "--help", "--version"}
            if not is_known and not command.context_settings.get("ignore_unknown_options"):
                return word
        elif isinstance(command, click.Group):
            if word[0] in "<[{.…" or word.isupper():
                return None
            if word not in command.commands:
                return word
            command = command.commands[word]
    return None
