"""Reader of settlement reports by declared profile: how a processor writes its columns is a row of a seed.

What the profile cannot know, because it changes with who exports, the file itself shows: its encoding, its
delimiter, its decimal mark and the order of day and month. A file that shows two, or two dates, is refused.
"""

from __future__ import annotations

import codecs
import csv
import datetime
import fnmatch
import functools
import io
import itertools
import operator
import re
import zoneinfo
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import BinaryIO, NamedTuple

from orchestration.collect.readers.common import (
    DASHES,
    MAX_VALUE_LENGTH,
    at_line,
    currency_decimals,
    decoded_lines,
    numbered_rows,
    parse_amount,
    parse_currency,
    text_or_none,
)
from orchestration.collect.readers.csv_dates import exchanged
from orchestration.collect.readers.encodings import readable_in
from orchestration.collect.settlements.profiles import (
    AMOUNT_CELLS,
    FIRST,
    SEED,
    TEXT_CELLS,
    SettlementProfile,
    patterns,
    terms_of,
)
from orchestration.collect.settlements.unknown import unknown_report
from orchestration.lake.datasets import SettlementLine
from orchestration.lake.errors import UnreadableFile
from orchestration.lake.schema import AMOUNT_LIMIT

MAX_PREAMBLE_LINES = 20
HEAD_BYTES = 1 << 16
MAX_TYPES = 10_000
DELIMITERS = (",", ";", "\t", "|")
_ZERO = Decimal(0)
_MINUS_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u00a0": " ", "\u202f": " ", "\u2019": "'"})
_MARK = r"[€$£¥]|[A-Za-z]{1,2}\$|[A-Za-z]{3}|kr\.?"
_AMOUNT = re.compile(
    rf"(?P<open>[-+(]?)\s*(?:(?P<before>{_MARK})\s*)?(?P<sign>[-+(]?)\s*"
    rf"(?P<digits>[0-9][0-9., ']*|[.,][0-9]+)\s*(?P<close>[-)]?)\s*(?:(?P<after>{_MARK}))?(?P<end>[-)]?)"
)
# What a sign stands for where no column says the currency; the longest one counts.
_CURRENCY_SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "US$": "USD",
    "CA$": "CAD",
    "C$": "CAD",
    "AU$": "AUD",
    "A$": "AUD",
    "NZ$": "NZD",
}
_CURRENCY_SIGN = re.compile("|".join(map(re.escape, sorted(_CURRENCY_SIGNS, key=len, reverse=True))))
# Where a dollar is a mistake, and whose sign is another one's too.
_WITHOUT_DOLLARS = {"EUR", "GBP", "JPY"}
_ALSO = {("¥", "CNY"), ("A$", "ARS"), ("C$", "NIO")}
# How processors write zones; of an abbreviation with several meanings the one that they use it for.
_ZONES = {
    name: zone
    for zone, names in {
        "UTC": ("utc", "gmt", "z"),
        "Europe/London": ("bst", "london"),
        "Europe/Lisbon": ("wet", "west"),
        "Europe/Berlin": ("cet", "cest", "mez", "mesz"),
        "Europe/Athens": ("eet", "eest"),
        "America/New_York": ("est", "edt", "eastern time (us & canada)"),
        "America/Chicago": ("cst", "cdt", "central time (us & canada)"),
        "America/Denver": ("mst", "mdt", "mountain time (us & canada)"),
        "America/Los_Angeles": ("pst", "pdt", "pacific time (us & canada)"),
        "America/Anchorage": ("akst", "akdt"),
        "Pacific/Honolulu": ("hst",),
        "Australia/Sydney": ("aest", "aedt", "sydney"),
        "Pacific/Auckland": ("nzst", "nzdt"),
        "Asia/Tokyo": ("jst", "tokyo"),
        "Asia/Singapore": ("sgt",),
        "Asia/Hong_Kong": ("hkt",),
    }.items()
    for name in names
}
_WORDS_OF_DEBIT = ("dr", "debit", "d")
_WORDS_OF_CREDIT = ("cr", "credit", "c")
_DATES = re.compile(r"dates=(mdy|dmy)(?=[/_.]|$)")
_CURRENCY = re.compile(r"currency=([A-Za-z]{3})(?=[/_.]|$)")
_FOLDER = re.compile(r"account=([^/_]+?)(?=[/_]|\.\w+$|$)")


class _Match(NamedTuple):
    """The profile that fits a file, and where. header_line: from 1."""

    profile: SettlementProfile
    encoding: str
    delimiter: str
    header_line: int
    headers: list[str]


class _Row(NamedTuple):
    """One row by the profile's meaning. amounts: the texts of each amount's terms with their signs."""

    number: int
    texts: dict[str, str]
    amounts: dict[str, list[tuple[int, str]]]


def read_settlement(
    stream: BinaryIO, profiles: Sequence[SettlementProfile], path: str | None = None
) -> Iterator[SettlementLine]:
    """All lines as the file orders them. The stream is read twice, so it must be seekable.

    path: of the file in the landing folder, which may name the merchant (account=<name>), the currency
    (currency=<code>) where no column and no sign does, and the order of day and month (dates=mdy, dates=dmy),
    where no date of the file tells it. Raises UnreadableFile for a file that no profile or more than one
    declares, for a row that does not fit its profile, and for one whose gross, fee and net contradict each
    other.
    """
    start = stream.tell()
    head = stream.read(HEAD_BYTES)
    match = _match(head, profiles, readable_in(stream, head))
    conventions = _Conventions(match.profile, path or "")

    def rows() -> Iterator[_Row]:
        stream.seek(start)
        return _rows(stream, match)

    for row in rows():
        conventions.see(row)
    conventions.settle()
    folder = _FOLDER.search(path or "")
    table = _Table(match.profile, conventions, folder[1] if folder else None, _CURRENCY.search(path or ""))
    yield from map(table.line, rows())


# Which profile


def _match(head: bytes, profiles: Sequence[SettlementProfile], is_readable: Callable[[str], bool]) -> _Match:
    """The one profile whose headers stand in one of the first lines, by whatever delimiter; of several, the
    one that names most of them."""
    encoding = _encoding(head, is_readable)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    lines = list(itertools.islice(io.StringIO(text, newline=""), MAX_PREAMBLE_LINES + 1))
    found: list[tuple[int, _Match]] = []
    for delimiter in DELIMITERS:
        for at, fields in enumerate(_cut(line, delimiter) for line in lines):
            names = set(fields)
            found += [
                (len(headers), _Match(profile, encoding, delimiter, at + 1, fields))
                for profile in profiles
                if (headers := profile.headers()) <= names
            ]
    if not found:
        raise unknown_report(text, DELIMITERS, profiles)
    most = max(count for count, _ in found)
    matches = {match.profile.profile_code: match for count, match in reversed(found) if count == most}
    if len(matches) > 1:
        raise UnreadableFile(
            f"the profiles {' and '.join(sorted(matches))} fit this file alike; next step: remove the one"
            f" that is not meant from {SEED}",
            at_line(found[0][1].header_line),
        )
    (match,) = matches.values()
    counted = Counter(match.headers)
    if any(counted[header] > 1 for header in match.profile.headers()):
        raise UnreadableFile("the header names a column twice", at_line(match.header_line))
    for number, line in enumerate(lines[: match.header_line - 1], start=1):
        if _is_row(line, match):
            raise UnreadableFile(
                "a row of the table stands above its header, where nothing is read; next step: put the header"
                " before the rows, as the processor wrote it",
                at_line(number),
            )
    return match


def _is_row(line: str, match: _Match) -> bool:
    """Whether a row of the table it is, by its record and its date."""
    fields = _cut(line, match.delimiter)
    if len(fields) < len(match.headers):
        return False
    profile, places = match.profile, {header: at for at, header in reversed([*enumerate(match.headers)])}
    records = patterns(profile.record_words)
    if records and not _is_like(_text_of(profile.record_type, places)(fields), records):
        return False
    day = _text_of(profile.occurred_on, places)(fields).upper()
    return any(_moment(day, form) for form in profile.date_format.split(FIRST))


def _encoding(head: bytes, is_readable: Callable[[str], bool]) -> str:
    """That of the byte order mark; UTF-16 without one by its zeros; else UTF-8, or else Windows-1252."""
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    if head[1:2] == b"\0" and head[3:4] == b"\0":
        return "utf-16-le"
    if head[:1] == b"\0" and head[2:3] == b"\0":
        return "utf-16-be"
    return "utf-8" if is_readable("utf-8") else "cp1252"


def _cut(line: str, delimiter: str) -> list[str]:
    try:
        fields = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []
    return [" ".join(field.casefold().split()) for field in fields]


# The rows


def _rows(stream: BinaryIO, match: _Match) -> Iterator[_Row]:
    """Each row of the table that is not blank and of the records that the profile asks for."""
    text = io.TextIOWrapper(stream, encoding=match.encoding, newline="")
    try:
        yield from _table_rows(decoded_lines(text, match.encoding), match)
    finally:
        text.detach()  # else the stream would be closed before it is read again


def _table_rows(lines: Iterator[str], match: _Match) -> Iterator[_Row]:
    for _ in range(match.header_line):
        next(lines)
    profile = match.profile
    places: dict[str, int] = {}
    for at, header in enumerate(match.headers):
        places.setdefault(header, at)
    pick_text = {cell: _text_of(getattr(profile, cell), places) for cell in TEXT_CELLS}
    pick_amount = {
        cell: [(sign, places[name]) for sign, name, _ in terms_of(getattr(profile, cell)) if name in places]
        for cell in AMOUNT_CELLS
    }
    records = patterns(profile.record_words)
    width = len(match.headers)
    while width and not match.headers[width - 1]:
        width -= 1
    for number, fields in numbered_rows(
        csv.reader(lines, delimiter=match.delimiter, strict=True), match.header_line
    ):
        fields = [field.strip() for field in fields]
        if records:
            padded = fields + [""] * (width - len(fields))
            if not _is_like(pick_text["record_type"](padded), records):
                continue
        if len(fields) < width or any(fields[width:]):
            raise UnreadableFile(f"the row has {len(fields)} columns, the header {width}", at_line(number))
        yield _Row(
            number,
            {cell: pick(fields) for cell, pick in pick_text.items()},
            {cell: [(sign, fields[at]) for sign, at in terms] for cell, terms in pick_amount.items()},
        )


def _text_of(cell: str | None, places: dict[str, int]) -> Callable[[list[str]], str]:
    found = [places[name] for _, name, _ in terms_of(cell) if name in places]
    if not found:
        return lambda fields: ""
    if len(found) == 1:
        return operator.itemgetter(found[0])
    if cell is not None and FIRST in cell:
        return lambda fields: next((fields[at] for at in found if fields[at]), "")
    return lambda fields: " ".join(fields[at] for at in found if fields[at])


def _is_like(text: str, words: list[str]) -> bool:
    return any(fnmatch.fnmatchcase(text.casefold(), word) for word in words)


# What the file shows of itself


class _Conventions:
    """The decimal mark and the formats of dates, as all rows of a file show them."""

    def __init__(self, profile: SettlementProfile, path: str) -> None:
        self.profile = profile
        self.said = _DATES.search(path)
        self.decimal_mark = profile.decimal_mark
        self.formats = profile.date_format.split(FIRST)
        # By what was seen, the first text that shows it.
        self._marks: dict[str, str] = {}
        self._wrong: dict[str, str] = {}
        self._unsure: str | None = None
        self._last: dict[str, datetime.date] = {}
        self._rises: set[str] = set()
        self._falls: set[str] = set()
        self._rivals = [
            (form, rival) for form in self.formats if (rival := exchanged(form)) and rival in self.formats
        ]

    def see(self, row: _Row) -> None:
        """Take what one row shows."""
        position = at_line(row.number)
        for terms in row.amounts.values():
            for _, text in terms:
                mark = _shown_mark(text) if text and len(self._marks) < 2 else None
                if mark:
                    self._marks.setdefault(mark, f"{text!r} ({position})")
        for cell in ("occurred_on", "paid_on"):
            if self._rivals and (text := row.texts[cell]):
                self._see_date(text, position, is_in_order=cell == "occurred_on")

    def _see_date(self, text: str, position: str, *, is_in_order: bool) -> None:
        for form, rival in self._rivals:
            found = _moment(text, form)
            if found is None:
                if _moment(text, rival):
                    self._wrong.setdefault(_order(form), f"{text!r} ({position})")
                continue
            if found != _moment(text, rival):
                self._unsure = self._unsure or f"{text!r} ({position})"
            if is_in_order:
                order, day = _order(form), found.date()
                last = self._last.get(order, day)
                if day != last:
                    (self._rises if day > last else self._falls).add(order)
                self._last[order] = day

    def settle(self) -> None:
        """Decide. Raises UnreadableFile where the file shows two conventions, or none where it must."""
        if len(self._marks) > 1:
            raise UnreadableFile(
                f"amounts are written with both decimal marks: {' and '.join(self._marks.values())}"
            )
        if self._marks:
            self.decimal_mark = next(iter(self._marks))
        wrong = set(self._wrong)
        if len(wrong) > 1:
            raise UnreadableFile(
                f"dates have day and month in both orders: {' and '.join(self._wrong.values())}"
            )
        if not wrong and self._unsure and self.said:
            wrong = {"month first" if self.said[1] == "dmy" else "day first"}
        elif not wrong and self._unsure:
            # Reports are in the order of time: what rises and falls has its dates misread.
            wrong = self._rises & self._falls
            if len(wrong) != 1:
                raise UnreadableFile(
                    f"the day and the month of {self._unsure} may be either, and no other date tells; next"
                    " step: put the file into a folder dates=mdy or dates=dmy"
                )
        rivals = {form for form, _ in self._rivals}
        self.formats = [form for form in self.formats if form not in rivals or _order(form) not in wrong]


def _order(date_format: str) -> str:
    return "day first" if date_format.index("%d") < date_format.index("%m") else "month first"


@functools.lru_cache(maxsize=1 << 16)
def _moment(text: str, date_format: str) -> datetime.datetime | None:
    if len(text) > MAX_VALUE_LENGTH:
        return None
    try:
        return datetime.datetime.strptime(text, date_format)
    except ValueError:
        return None


def _shown_mark(text: str) -> str | None:
    """The decimal mark that an amount shows, or None where a mark before three digits may be either."""
    points, commas = text.count("."), text.count(",")
    if points and commas:
        return "." if text.rfind(".") > text.rfind(",") else ","
    mark, count = (".", points) if points else (",", commas)
    if not count:
        return None
    if count > 1:
        return "," if mark == "." else "."
    digits = re.match("[0-9]*", text[text.rfind(mark) + 1 :])
    return None if digits and len(digits[0]) == 3 else mark


# From a row to a line


class _Table:
    """The rows of a file under one profile."""

    def __init__(
        self,
        profile: SettlementProfile,
        conventions: _Conventions,
        merchant: str | None,
        currency: re.Match[str] | None,
    ) -> None:
        self.profile = profile
        self.currency = currency[1].upper() if currency else profile.fixed_currency
        self.conventions = conventions
        self.merchant = merchant
        self.kinds = profile.kind_patterns()
        self.unsettled = patterns(profile.unsettled_words)
        self.cost = -1 if profile.fee_sign == "cost_positive" else 1
        self.kind_of: dict[str, str] = {}

    def line(self, row: _Row) -> SettlementLine:
        """The row as a line. Raises UnreadableFile."""
        texts, position, profile = row.texts, at_line(row.number), self.profile
        currency = self._currency(row, position)
        kind = self._kind(texts, position)
        gross, fee, net = self._amounts(row, currency, kind, position)
        original_currency, original_amount = self._original(row, currency, gross, position)
        if kind not in ("payout", "summary", "unsettled", "fee") and not gross and fee:
            kind = "fee"
        occurred_on, occurred_at = self._day(texts["occurred_on"], texts["time_zone_name"], position)
        paid_on = self._day(texts["paid_on"], "", position)[0] if texts["paid_on"] else None
        payout_reference = text_or_none(texts["payout_reference"])
        if kind == "payout":
            payout_reference = payout_reference or text_or_none(texts["payout_row_reference"])
            if payout_reference is None:
                raise UnreadableFile("the row of a payout does not say which", position)
        reference = text_or_none(texts["transaction_reference"])
        if reference is None:
            raise UnreadableFile("the row has nothing that tells it from others of its report", position)
        return SettlementLine(
            line_number=row.number,
            profile_code=profile.profile_code,
            processor=profile.processor,
            payout_reference=payout_reference,
            transaction_reference=reference,
            kind=kind,
            line_type=texts["line_type"],
            currency=currency,
            reference=text_or_none(texts["reference"].strip("'")),
            memo=text_or_none(texts["memo"]),
            merchant=text_or_none(texts["merchant"]) or self.merchant,
            original_currency=original_currency,
            payouts_are_in_order=profile.payouts_are_in_order is not None,
            gross=gross,
            fee=fee,
            net=net,
            original_amount=original_amount,
            balance=self._amount(row, "balance", currency, position),
            occurred_on=occurred_on,
            paid_on=paid_on,
            occurred_at=occurred_at,
        )

    def _currency(self, row: _Row, position: str) -> str:
        if text := row.texts["currency"]:
            return parse_currency(text.upper(), position)
        if self.currency is None:
            raise UnreadableFile("the row names no currency", position)
        texts = [text for terms in row.amounts.values() for _, text in terms]
        marks = {_CURRENCY_SIGNS[sign] for text in texts for sign in _CURRENCY_SIGN.findall(text.upper())}
        return marks.pop() if len(marks) == 1 else self.currency

    def _kind(self, texts: dict[str, str], position: str) -> str:
        if self.unsettled and _is_like(texts["status"], self.unsettled):
            return "unsettled"
        line_type = texts["line_type"]
        if line_type not in self.kind_of:
            found = next((kind for word, kind in self.kinds if _is_like(line_type, [word])), None)
            if found is None:
                raise UnreadableFile(
                    f"the type {line_type!r} is none that the profile knows; next step: add it to kinds of"
                    f" {self.profile.profile_code} in {SEED}, and collect again",
                    position,
                )
            if len(self.kind_of) == MAX_TYPES:
                raise UnreadableFile(f"the report has more than {MAX_TYPES} types of lines", position)
            self.kind_of[line_type] = found
        return self.kind_of[line_type]

    def _amounts(
        self, row: _Row, currency: str, kind: str, position: str
    ) -> tuple[Decimal, Decimal, Decimal]:
        """Gross, fee and net; what the report does not say follows from the other two."""
        gross = self._amount(row, "gross", currency, position, "gross_direction")
        fee = self._amount(row, "fee", currency, position, "fee_direction")
        net = self._amount(row, "net", currency, position)
        if fee is not None and not row.texts["fee_direction"]:
            fee *= self.cost
        if gross is None and net is None:
            if kind != "unsettled":
                raise UnreadableFile("the row has neither a gross nor a net amount", position)
            return _ZERO, _ZERO, _ZERO
        fee = fee or _ZERO
        if self.profile.fee_sign == "by_net" and gross is not None and net == gross - fee:
            fee = -fee
        original = row.texts["original_currency"]
        is_foreign = self.profile.gross == self.profile.original_amount and original.upper() not in (
            "",
            currency,
        )
        if gross is None or (is_foreign and net is not None):
            gross = net - fee
        if net is None:
            net = gross + fee
        if gross + fee != net:
            raise UnreadableFile(
                f"gross {gross} and fee {fee} come to {gross + fee}, not to the net of {net}; next step: ask"
                f" the processor, or see fee_sign of {self.profile.profile_code} in {SEED}",
                position,
            )
        return gross, fee, net

    def _original(
        self, row: _Row, currency: str, gross: Decimal, position: str
    ) -> tuple[str | None, Decimal | None]:
        text = row.texts["original_currency"]
        if not text:
            return None, None
        original_currency = parse_currency(text.upper(), position)
        amount = self._amount(row, "original_amount", original_currency, position)
        if original_currency == currency or not amount:
            return None, None
        return original_currency, -abs(amount) if gross < 0 else abs(amount)

    def _amount(
        self, row: _Row, cell: str, currency: str, position: str, direction: str | None = None
    ) -> Decimal | None:
        """The sum of the cell's terms, or None where all are blank."""
        filled = [(sign, text) for sign, text in row.amounts[cell] if text and text not in DASHES]
        if not filled:
            return None
        total = sum((sign * self._number(text, currency, position) for sign, text in filled), _ZERO)
        if direction and (word := row.texts[direction].casefold()):
            if word in _WORDS_OF_DEBIT:
                total = -total
            elif word not in _WORDS_OF_CREDIT:
                raise UnreadableFile(
                    f"the direction {row.texts[direction]!r} is neither debit nor credit", position
                )
        return total

    def _number(self, text: str, currency: str, position: str) -> Decimal:
        mark = self.conventions.decimal_mark
        plain = text
        if not (text.isascii() and text.lstrip("-").replace(".", "", 1).isdigit() and mark == "."):
            plain = _plain(text, mark, currency, position)
        amount = parse_amount(plain, position)
        if self.profile.amount_unit == "minor":
            if "." in plain:
                raise UnreadableFile(f"{text!r} is not an amount in minor units", position)
            amount = amount.scaleb(-currency_decimals(currency))
        if abs(amount) >= AMOUNT_LIMIT:
            raise UnreadableFile(f"the amount {text!r} has more than 15 digits before the point", position)
        return amount

    def _day(self, text: str, zone_name: str, position: str) -> tuple[datetime.date, datetime.datetime]:
        """The day that text states, as written or in the profile's time zone, and the moment in UTC."""
        for form in self.conventions.formats:
            if found := _moment(text, form):
                break
        else:
            raise UnreadableFile(f"{text!r} is not a date", position)
        source = _zone(_ZONES.get(zone_name.casefold(), zone_name)) if zone_name else None
        if zone_name and source is None and self.profile.time_zone:
            raise UnreadableFile(f"{zone_name!r} is no time zone that is known", position)
        at = found if found.tzinfo else found.replace(tzinfo=source or datetime.UTC)
        try:
            moment = at.astimezone(datetime.UTC)
            if self.profile.time_zone and "%H" in form:
                return at.astimezone(_zone(self.profile.time_zone)).date(), moment
        except OverflowError:
            raise UnreadableFile(f"{text!r} is not a date", position) from None
        return found.date(), moment


@functools.lru_cache(maxsize=256)
def _zone(name: str) -> zoneinfo.ZoneInfo | None:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _plain(text: str, mark: str, currency: str, position: str) -> str:
    """The amount with a point and a leading sign alone."""
    refusal = UnreadableFile(f"{text!r} is not an amount", position)
    found = _AMOUNT.fullmatch(text.translate(_MINUS_SIGNS)) if len(text) <= MAX_VALUE_LENGTH else None
    if found is None:
        raise refusal
    written = [sign for sign in (found["open"], found["sign"], found["close"] or found["end"]) if sign]
    signs = [sign for sign in written if sign != "+"]
    if signs not in ([], ["-"], ["(", ")"]) or (found["close"] and found["end"]):
        raise refusal
    symbol = found["before"] or found["after"]
    sign = (symbol or "").upper()
    code = _CURRENCY_SIGNS.get(sign, sign)
    is_other = (
        code != currency
        if len(code) == 3 and code.isalpha()
        else code == "$" and currency in _WITHOUT_DOLLARS
    )
    if is_other and (sign, currency) not in _ALSO:
        raise UnreadableFile(f"the amount {text!r} is not in {currency}", position)
    digits = found["digits"].strip()
    thousands = [other for other in ",. '" if other != mark and other in digits]
    whole, _, fraction = digits.partition(mark)
    if len(thousands) > 1 or any(other in fraction for other in thousands) or mark in fraction:
        raise refusal
    if thousands:
        if not re.fullmatch(rf"[0-9]{{1,3}}(?:{re.escape(thousands[0])}[0-9]{{3}})+", whole):
            raise refusal
        whole = whole.replace(thousands[0], "")
    return f"{'-' if signs else ''}{whole or '0'}{'.' + fraction if fraction else ''}"
