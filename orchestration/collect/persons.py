"""When two names mean one person: nobody approves a decision of their own under another spelling."""

from __future__ import annotations

import unicodedata

# Letters that look like others, in upper case: Cyrillic, Greek, Latin with a stroke, digits, and L, which in
# lower case is an I.
_ALIKE = str.maketrans(
    "АВЕЗКМНОРСТУХІЈЅԌԚԜӀҮΑΒΕΖΗΙΚΜΝΟΡΤΥΧØĐŁĦŦƗ013L|ǀ",
    "ABEEKMHOPCTYXIJSGQWIYABEZHIKMNOPTYXODIHTIOIEIII",
)
_PAIRS_ALIKE = {"VV": "W", "RN": "M"}
# From so many letters on their order says nothing: no two persons of an office share all of a full name.
_LONG = 8
_PLAIN = ("L", "M", "N", "Z")
# Letters of Unicode that nobody sees, and shapes of Latin letters that stand in nobody's passport.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")
_ODD_SHAPES = ("SMALL CAPITAL", "INSULAR")
_SIGNS = frozenset(" .,'’-()&@_/")


def person_key(name: str) -> str:
    """What is the same for all spellings of a name: without case, accents, blanks, signs and the order of its
    words, and with letters that look alike as one. For comparing, never for showing.

    It is the letters of a long name in their order, so that nobody becomes another by a blank or a hyphen
    less; of a short one, which may be another's first name turned round, its words in theirs. The model
    int_decisions does the same to what older collections noted: a test compares them.
    """
    words = sorted("".join(letter if letter.isalnum() else " " for letter in _compared(name)).split())
    letters = "".join(words)
    return "".join(sorted(letters)) if len(letters) >= _LONG else letters


def unwritable(name: str) -> str | None:
    """The first character that belongs into no person's name, such as one that nobody sees, or one of another
    script among Latin letters that is not known for looking like one of them; or None."""
    for letter in name.strip():
        category = unicodedata.category(letter)[0]
        is_odd = category == "L" and any(shape in unicodedata.name(letter, "") for shape in _ODD_SHAPES)
        if is_odd or letter in _FILLERS or (category not in _PLAIN and letter not in _SIGNS):
            return f"U+{ord(letter):04X}"
    for word in name.split():
        if any(letter.isascii() and letter.isalpha() for letter in word):
            for letter in word:
                if any(
                    not each.isascii() and each.isalpha() and not _is_latin(each)
                    for each in _compared(letter)
                ):
                    return f"U+{ord(letter):04X}"
    return None


def _compared(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text).upper()
    letters = "".join(letter for letter in letters if unicodedata.category(letter)[0] not in "MC")
    letters = letters.translate(_ALIKE)
    for pair, alike in _PAIRS_ALIKE.items():
        letters = letters.replace(pair, alike)
    return letters


def _is_latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("LATIN")
