"""What comes from outside (names, ids, values of files) before it reaches a terminal, a log or a path; and
which machines are outside."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from pathlib import Path

from orchestration.errors import TieoutError

# What hides or reorders text, ends a line or drives a terminal.
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
# A name that is one on every file system: it names nothing but itself, and leads nowhere.
PLAIN_NAME = r"[\p{L}\p{N}][\p{L}\p{N} ._-]{0,49}"
PLAIN_NAME_IN_WORDS = (
    "at most 50 letters, digits, blanks, full stops, hyphens and underscores, first a letter or a digit"
)


def shown(text: str, *, lines: bool = False) -> str:
    """Text from outside, fit for a terminal, a log, a message or a page: it can neither forge a line nor
    drive a terminal. Characters that are not seen stand as their code point, as [U+001B].

    lines: keep line feeds, where the text is known to be of several lines.
    """
    if text.isprintable():
        return text
    return "".join(
        f"[U+{ord(character):04X}]"
        if unicodedata.category(character) in _UNSEEN and not (lines and character == "\n")
        else character
        for character in text
    )


def file_within(folder: Path, name: str) -> Path:
    """The path of a file right in the folder. Raises TieoutError for a name that leads elsewhere."""
    if not re.fullmatch(r"[^\W_][\w .\-]{0,99}", name):
        raise TieoutError(f"{shown(name)!r} cannot be the name of a file in {folder}: nothing is written")
    return folder / name


def is_this_machine(host: str | None) -> bool:
    """Whether a host is reached over this machine's loopback, or is none: then over a socket of its own."""
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
