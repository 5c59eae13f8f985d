"""In which encoding a text is that does not say it: what its words are letters of, or its path.

Belongs here: the choice among the encodings of one byte a letter. UTF-8 and byte order marks tell themselves
and are read in common.py; CSV profiles declare theirs.

A word is plausible where some language has all its letters, in an order of capitals that people write. Where
the region of the account (or of the currency) leaves one text, that is it; where it leaves none, any region
may; where several are left, nobody guesses: the file is refused, and its path can tell (encoding=cp1250).
"""

from __future__ import annotations

import codecs
import functools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

from orchestration.lake.errors import UnreadableFile

BLOCK_BYTES = 1 << 20
# Distinct words that are looked at: a text has its letters long before.
MAX_WORDS = 4_000
MAX_WORD_LENGTH = 64

IN_PATH = re.compile(r"encoding=([A-Za-z0-9][A-Za-z0-9_\-]{0,30})(?=[/.]|$)")
# Letters that a language has besides those of ASCII, small ones.
_WEST = {
    "German": "äöüß",
    "French": "àâæçéèêëîïôœùûüÿ",
    "Spanish": "áéíñóúü",
    "Portuguese": "áâãàçéêíóôõúü",
    "Italian": "àèéìíòóùú",
    "Dutch": "áéëïóöüèêç",
    "Danish": "æøåéöü",
    "Swedish": "åäöéüà",
    "Icelandic": "áðéíóúýþæö",
    "Slovenian without č": "šž",
}
_CENTRAL = {
    "Polish": "ąćęłńóśźż",
    "Czech": "áčďéěíňóřšťúůýž",
    "Slovak": "áäčďéíĺľňóôŕšťúýž",
    "Hungarian": "áéíóöőúüű",
    "Romanian": "ăâîşţșț",
    "Croatian": "čćđšž",
    "German": "äöüß",
    "French": "éçë",
}
_TURKISH = {"Turkish": "çğıİöşüâîû", "German": "äöüß", "French": "éçë"}
_CYRILLIC = {
    "Russian": "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "Ukrainian": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "Belarusian": "абвгдеёжзійклмнопрстуўфхцчшыьэюя",
}
_GREEK = {"Greek": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"}
_BALTIC = {
    "Lithuanian": "ąčęėįšųūž",
    "Latvian": "āčēģīķļņšūž",
    "Estonian": "äöüõšž",
}


class _Region(NamedTuple):
    """Languages with their letters, the encodings there, and whose accounts and currencies are of it."""

    languages: dict[str, str]
    encodings: tuple[str, ...]
    countries: dict[str, str]
    currencies: str


# The first holds what no other one claims. Of cp437 only what cp850 shares with it is a letter.
_REGIONS = (
    _Region(
        _WEST,
        ("cp1252", "cp437"),
        dict.fromkeys(["DE", "AT", "LI", "LU"], "German")
        | dict.fromkeys(["FR", "MC"], "French")
        | {"ES": "Spanish", "PT": "Portuguese", "IT": "Italian", "NL": "Dutch", "SE": "Swedish"}
        | {"FI": "Swedish", "DK": "Danish", "NO": "Danish", "IS": "Icelandic"},
        "",
    ),
    _Region(
        _CENTRAL,
        ("cp1250", "iso-8859-2", "cp852"),
        {"PL": "Polish", "CZ": "Czech", "SK": "Slovak", "HU": "Hungarian", "RO": "Romanian"}
        | dict.fromkeys(["HR", "SI", "BA", "RS", "ME"], "Croatian"),
        "PLN CZK HUF RON HRK BAM",
    ),
    _Region(_TURKISH, ("cp1254", "cp857"), {"TR": "Turkish"}, "TRY TRL"),
    _Region(
        _CYRILLIC,
        ("cp1251", "cp866"),
        {"RU": "Russian", "UA": "Ukrainian", "BY": "Belarusian"}
        | dict.fromkeys(["BG", "MK", "KZ", "KG"], "Russian"),
        "RUB RUR UAH BYN BGN KZT KGS MKD",
    ),
    _Region(_GREEK, ("cp1253",), dict.fromkeys(["GR", "CY"], "Greek"), ""),
    _Region(_BALTIC, ("cp1257",), {"LT": "Lithuanian", "LV": "Latvian", "EE": "Estonian"}, "LTL LVL EEK"),
)
# A line of these that is UTF-8 too is no rarity.
_OF_DOS = {"cp437", "cp850", "cp852", "cp857", "cp866"}

# One with a byte above ASCII counts. A pattern that asks for that byte tries every place of a long word.
_WORD = re.compile(rb"[A-Za-z0-9\x80-\xff]+")
_ABOVE_ASCII = re.compile(rb"[\x80-\xff]")
# A letter that the end of a line, or of a field in it, cuts through.
_UTF8_CUT = re.compile(
    rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})(?=[?/+\r\n]|$)|^[\x80-\xbf]{1,3}"
)
_OPENING, _CLOSING = set("„“‘«‚"), set("”“’»…™®°²ºª´")
# Marks inside a word.
_JOINING = set("’–\xad\xa0·")
# Marks that stand beside figures or by themselves.
_ALONE = set("€£§°–—•·©®™²³ºª½¼¾±×µ«»„“”‘’…´¨\xa0\xad№")
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
_VOWELS = set("aeiouyäöüáéíóúàèìòùâêîôûæøåœëïÿãõý")
_ACCOUNT = re.compile(rb"(?::25P?:|<ACCTID>)\s*/?([A-Z]{2})[0-9]{2}[A-Z0-9]{11,30}")
_BANK = re.compile(rb"\{1:[FA][0-9]{2}[A-Z]{4}([A-Z]{2})|:25P?:([A-Z]{2})(?=[0-9]{2}[A-Z0-9]{11})")
_CURRENCY = re.compile(rb":60[FM]:[CD]\s*[0-9]{6}([A-Z]{3})|<CURDEF>([A-Z]{3})|\n03,[^,\n]*,([A-Z]{3})[,/]")
_CURRENCY_IN_PATH = re.compile(r"currency=([A-Za-z]{3})(?![A-Za-z])")


class Encoding(NamedTuple):
    """How to decode a line: by the first of the codecs that can. is_cut: letters of UTF-8 may be cut, which
    are shown as such."""

    codecs: tuple[str, ...]
    is_cut: bool = False

    def decode(self, line: bytes) -> str:
        """The text. Raises UnicodeDecodeError."""
        if self.is_cut:
            return line.decode("utf-8", "replace")
        *others, last = self.codecs
        for codec in others:
            try:
                return line.decode(codec)
            except UnicodeDecodeError:
                continue
        return line.decode(last)


UTF8 = Encoding(("utf-8",))


def encoding_of(
    stream: BinaryIO, head: bytes, path: str | None, declared: Encoding | None = None
) -> Encoding:
    """The encoding of a text. head: its first bytes, already taken from the stream; where that can be read
    again it is left behind them, else the head alone is looked at.

    path: of the file in the landing folder, which may tell (encoding=cp1250). declared: what the file says of
    itself. Windows-1252 counts only where its words are some, since it is said by habit. Raises
    UnreadableFile where nothing tells.
    """
    if head.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return UTF8
    said = IN_PATH.search(path or "")
    if said:
        return _of_path(said[1])
    if declared and declared.codecs[-1] != "cp1252":
        return declared
    found = _Found()
    for block in _blocks(stream, head):
        found.see(block)
    if not found.words:
        return UTF8
    if found.is_cut and found.is_utf8:
        return Encoding(("utf-8",), is_cut=True)
    region, language = _home(head, path)
    codec = _decided(found, region, language, declared and declared.codecs[-1])
    may_be_utf8 = (found.is_utf8 or not stream.seekable()) and codec not in _OF_DOS
    return Encoding(("utf-8", codec) if may_be_utf8 else (codec,))


def readable_in(stream: BinaryIO, head: bytes) -> Callable[[str], bool]:
    """Whether a text can be read in a codec, to its end where the stream can be read twice, else as far as
    its first bytes go. head: these, already taken from the stream."""
    start = stream.tell() if stream.seekable() else None

    @functools.cache
    def is_readable(codec: str) -> bool:
        decoder = codecs.getincrementaldecoder(codec)()
        at = stream.tell() if start is not None else 0
        try:
            decoder.decode(head)
            if start is not None:
                stream.seek(start)
                while block := stream.read(BLOCK_BYTES):
                    decoder.decode(block)
                decoder.decode(b"", final=True)
        except UnicodeError:
            return False
        finally:
            if start is not None:
                stream.seek(at)
        return True

    return is_readable


def text_codec(name: str) -> str | None:
    """The codec of that name, if it is one of text in which ASCII is ASCII."""
    try:
        # What knows no byte above ASCII is none either.
        is_of_text = (_PRINTABLE.encode() + b"\xe4").decode(name, "replace")[:-1] == _PRINTABLE
    except (LookupError, UnicodeError):
        return None
    return codecs.lookup(name).name if is_of_text else None


def _of_path(name: str) -> Encoding:
    codec = text_codec(name)
    if codec is None:
        raise UnreadableFile(
            f"the path says encoding={name}, which is no encoding of text; next step: name the folder"
            " encoding=cp1250 or alike"
        )
    return Encoding((codec,))


def _blocks(stream: BinaryIO, head: bytes) -> Iterator[bytes]:
    """Whole lines, many at once, of all that can be read twice."""
    if not stream.seekable():
        yield head
        return
    start, rest = stream.tell(), head
    while chunk := stream.read(BLOCK_BYTES):
        block, mark, tail = (rest + chunk).rpartition(b"\n")
        if len(tail) > 2 * BLOCK_BYTES:
            break  # what reads the lines refuses it
        if mark:
            yield block + mark
        rest = tail
    if rest:
        yield rest
    stream.seek(start)


class _Found:
    """The words in no UTF-8, each with where it stands first."""

    def __init__(self) -> None:
        self.words: dict[bytes, tuple[int, int]] = {}
        self.is_utf8 = False
        self.is_cut = True
        self._line = self._offset = 0

    def see(self, block: bytes) -> None:
        """Take whole lines."""
        if not block.isascii() and not self._is_utf8(block):
            line, offset = self._line, self._offset
            for text in block.splitlines(keepends=True):
                if not text.isascii() and not self._is_utf8(text):
                    self.is_cut = self.is_cut and self._is_utf8(_UTF8_CUT.sub(b"", text))
                    for match in _WORD.finditer(text):
                        first = None if match[0].isascii() else _ABOVE_ASCII.search(match[0])
                        if first and len(self.words) < MAX_WORDS:
                            start = max(first.start() - MAX_WORD_LENGTH // 2, 0)
                            word = match[0][start : start + MAX_WORD_LENGTH]
                            self.words.setdefault(word, (line + 1, offset + match.start() + start + 1))
                line, offset = line + text.endswith(b"\n"), offset + len(text)
        self._line += block.count(b"\n")
        self._offset += len(block)

    def _is_utf8(self, text: bytes) -> bool:
        try:
            text.decode()
        except UnicodeDecodeError:
            return False
        self.is_utf8 = self.is_utf8 or not text.isascii()
        return True


def _home(head: bytes, path: str | None) -> tuple[_Region, str | None]:
    """The region of the account, or else of its currency, and the language of its country."""
    for match in (_ACCOUNT.search(head), _BANK.search(head)):
        country = next(filter(None, match.groups()), b"").decode() if match else ""
        for region in _REGIONS:
            if country in region.countries:
                return region, region.countries[country]
    in_path = _CURRENCY_IN_PATH.search(path or "")
    match = _CURRENCY.search(head)
    currency = next(filter(None, match.groups()), b"").decode() if match else ""
    currency = in_path[1].upper() if in_path else currency
    for region in _REGIONS:
        if currency in region.currencies.split():
            at = region.currencies.split().index(currency)
            languages = [*dict.fromkeys(region.countries.values())]
            return region, languages[at] if at < len(languages) else None
    return _REGIONS[0], None


def _decided(found: _Found, home: _Region, language: str | None, declared: str | None) -> str:
    words = list(found.words)
    if declared and not _implausible(words, declared, home.languages):
        return declared
    for regions in ((home,), _REGIONS):
        fitting = [
            codec
            for region in regions
            for codec in region.encodings
            if not _implausible(words, codec, region.languages)
        ]
        chosen = _one_text(words, fitting)
        if chosen is None and language and len(regions) == 1:
            own = {language: home.languages[language]}
            chosen = _one_text(words, [each for each in fitting if not _implausible(words, each, own)])
        if chosen:
            return chosen
        if fitting:
            raise _refusal(found, fitting)
    tried = [home.encodings[0], *(region.encodings[0] for region in _REGIONS if region is not home)]
    raise _refusal(found, tried[:3], home)


def _one_text(words: Sequence[bytes], fitting: Sequence[str]) -> str | None:
    """The first of the encodings, if all of them give one text."""
    if not fitting:
        return None
    texts = {tuple(word.decode(codec) for word in words) for codec in fitting}
    return fitting[0] if len(texts) == 1 else None


def _refusal(found: _Found, fitting: Sequence[str], home: _Region | None = None) -> UnreadableFile:
    """home: where no encoding fits, so that the word is shown at which that of the region fails."""
    words = list(found.words)
    if home is not None:
        (word,) = _implausible(words, home.encodings[0], home.languages)
        places = [at for at, byte in enumerate(word) if not _letter(byte, home.encodings[0]).isalpha()]
    else:
        word = next(each for each in words if _one_text([each], fitting) is None)
        places = [at for at, byte in enumerate(word) if len({_letter(byte, codec) for codec in fitting}) > 1]
    at = next((at for at in places if word[at] > 0x7F), None)
    if at is None:
        at = next(at for at, byte in enumerate(word) if byte > 0x7F)
    read = " and ".join(f"{_letter(word[at], codec) or 'nothing'} in {codec}" for codec in fitting[:3])
    line, offset = found.words[word]
    return UnreadableFile(
        f"the text is not UTF-8, and nothing tells its encoding: the byte {word[at]:02X} is {read}; next"
        " step: put the file into a folder encoding=<name>, such as encoding=cp1250",
        f"line {line}, byte {offset + at}",
    )


def _letter(byte: int, codec: str) -> str:
    text = bytes([byte]).decode(codec, "replace")
    return text if text.isprintable() and text != "\ufffd" else ""


def _implausible(words: Iterable[bytes], codec: str, languages: dict[str, str]) -> list[bytes]:
    """The first word that is none in this encoding, if any."""
    is_word = _tester(codec, tuple(languages.values()))
    for word in words:
        if not is_word(word):
            return [word]
    return []


@functools.cache
def _tester(codec: str, alphabets: tuple[str, ...]) -> Callable[[bytes], bool]:
    letters = [set(alphabet) | set(alphabet.upper()) - {"S"} for alphabet in alphabets]
    only = set(bytes(range(0x80, 0xA6)).decode("cp437")) | {"ß"} if codec == "cp437" else None

    def is_word(word: bytes) -> bool:
        try:
            text = word.decode(codec)
        except UnicodeDecodeError:
            return False
        special = {character for character in text if ord(character) > 0x7F}
        alphabetic = {character for character in special if character.isalpha() and character not in "ºª"}
        if (codec in _OF_DOS and alphabetic != special) or (only is not None and not alphabetic <= only):
            return False
        return (
            any(alphabetic <= alphabet for alphabet in letters)
            and _is_in_order(text)
            and not (_is_other_script(alphabetic) and any(map(_is_latin, text)))
        )

    return is_word


def _is_latin(character: str) -> bool:
    return "a" <= character.lower() <= "z"


def _is_other_script(letters: set[str]) -> bool:
    return any(ord(letter) >= 0x370 for letter in letters)


def _is_in_order(text: str) -> bool:
    """Capitals stand where people write them, marks beside what they belong to, vowels among consonants."""
    for at, character in enumerate(text):
        if character.isascii():
            continue
        before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
        if not character.isalpha() or character in "ºª":
            if not _is_mark(character, before, after):
                return False
        elif character.isupper():
            if before.islower():
                return False
        elif character not in "ßı" and before.isupper() and after.isupper():
            return False
        if character.lower() in _CONTEXT and not _CONTEXT[character.lower()](before.lower(), after.lower()):
            return False
    return True


def _is_mark(mark: str, before: str, after: str) -> bool:
    if before.isalpha() and after.isalpha():
        return mark in _JOINING
    if before.isalpha():
        return mark in _CLOSING or mark in _JOINING or mark in "—€"
    if after.isalpha():
        return mark in _OPENING or mark in _JOINING or mark in "—§€"
    return mark in _ALONE


# Letters that languages of the West write in certain places alone: other letters of other encodings stand
# anywhere. By what is before and behind.
_CONTEXT: dict[str, Callable[[str, str], bool]] = {
    "ñ": lambda before, after: after in _VOWELS,
    "è": lambda before, after: after not in _VOWELS and (before.isalpha() or after in "rs"),
    "ì": lambda before, after: not after.isalpha(),
    "ò": lambda before, after: not after.isalpha(),
    "ù": lambda before, after: not after.isalpha(),
    "ß": lambda before, after: before in _VOWELS,
}
