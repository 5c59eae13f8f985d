"""What a person reads: the page of commands is what a command says, links lead somewhere."""

from __future__ import annotations

import re

from orchestration.cli import main
from orchestration.cli.commands_page import commands_page
from orchestration.settings import PROJECT_DIR


def test_the_page_of_commands_is_what_the_command_writes() -> None:
    page = (PROJECT_DIR / "docs" / "commands.md").read_text()
    assert page == commands_page(main) + "\n", "write it again: tieout commands > docs/commands.md"


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
