"""The command line: `tieout`. What a command does is in the room of its concern."""

from orchestration.cli.commands import main

__all__ = ["main"]
