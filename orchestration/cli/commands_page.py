"""The page of the commands, docs/commands.md: made from the help of each, never by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from orchestration.settings import PROJECT_DIR


def commands_page(main: click.Group) -> str:
    """Every make target, and every command with its arguments and options, as Markdown."""
    lines = [
        "# Commands",
        "",
        "`make` sets up what it needs; `tieout` wants the environment active (`. .venv/bin/activate`).",
        "Exit codes: 0 done, 1 not done and the message says what to do, 2 wrong usage, 3 a night",
        "that ran and whose red controls keep it from being published. This page is written by",
        "`tieout commands > docs/commands.md`.",
        "",
        "## make",
        "",
        "| target | what it does |",
        "|---|---|",
        *_targets(),
        "",
        "## tieout",
    ]
    for name, command in _commands(main):
        lines += ["", *_command(name, command)]
    return "\n".join(lines)


def _targets() -> Iterator[str]:
    makefile = (PROJECT_DIR / "Makefile").read_text(encoding="utf-8")
    for target, meaning in re.findall(r"^([a-z-]+):.*?## (.*)$", makefile, re.MULTILINE):
        yield f"| `make {target}` | {meaning} |"


def _commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command of the group and of the groups in it, by its whole name."""
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from _commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def _command(name: str, command: click.Command) -> Iterator[str]:
    arguments = [each for each in command.params if isinstance(each, click.Argument)]
    usage = " ".join(["tieout", name, *(each.make_metavar(click.Context(command)) for each in arguments)])
    yield from (f"### {usage}", "")
    yield re.sub(r"\s*\n\s*", lambda gap: "\n\n" if "\n\n" in gap[0] else " ", (command.help or "").strip())
    options = [each for each in command.params if isinstance(each, click.Option)]
    if options:
        yield from ("", "| option | meaning |", "|---|---|")
        for option in options:
            value = "" if option.is_flag else f" {option.make_metavar(click.Context(command))}"
            default = f" Default: {option.default}." if option.show_default else ""
            yield f"| `{option.opts[0]}{value}` | {option.help}{default} |"
