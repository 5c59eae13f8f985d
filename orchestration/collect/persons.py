"""When two names mean one person: nobody approves a decision of their own under another spelling."""

from __future__ import annotations

import unicodedata

# Letters that look like others, in upper case: Cyrillic, Greek, Latin with a stroke, digits, and L, which in
# lower case is an I.
_ALIKE = str.maketrans(
    "АВЕЗКМНОРСТУХІЈЅԌԚԜӀҮΑΒΕΖΗΙΚΜΝΟΡΤΥΧØĐŁĦŦƗ013L|",
    "ABEEKMHOPCTYXIJSGQWIYABEZHIKMNOPTYXODIHTIOIEII",
)
_PAIRS_ALIKE = {"VV": "W", "RN": "M"}
_PLAIN = ("L", "M", "N", "Z")
_SIGNS = frozenset(" .,'’-()&@_/")


def person_key(name: str) -> str:
    """What is the same for all spellings of a name: without case, accents, blanks, signs and the order of its
    words, and with letters that look alike as one. For comparing, never for showing."""
    letters = unicodedata.normalize("NFKD", name).upper()
    letters = "".join(letter for letter in letters if unicodedata.category(letter)[0] not in "MC")
    letters = letters.translate(_ALIKE)
    for pair, alike in _PAIRS_ALIKE.items():
        letters = letters.replace(pair, alike)
    words = "".join(letter if letter.isalnum() else " " for letter in letters).split()
    return " ".join(sorted(words))


def unwritable(name: str) -> str | None:
    """The first character that belongs into no person's name, such as one that nobody sees; or None."""
    for letter in name.strip():
        if unicodedata.category(letter)[0] not in _PLAIN and letter not in _SIGNS:
            return f"U+{ord(letter):04X}"
    return None
