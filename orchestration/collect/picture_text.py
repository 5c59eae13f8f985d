"""Text on pictures of receipts, and the facts that it states. What reads text is an extra (`make documents`).

Facts are read by rules, and what is read may be wrong: `is_proved` says whether the paper's own arithmetic,
lines and tax or cash and change, comes to the total. A change of what is read is a new TEXT_VERSION
(lake/datasets/documents.py).
"""

from __future__ import annotations

import datetime
import functools
import itertools
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from PIL import Image

from orchestration.lake.schema import AMOUNT_LIMIT, FIRST_DATE, LAST_DATE

# Less sure of a line than this, and it is noise.
LEAST_CONFIDENCE = 0.5
# Letters of a row that are looked at: a wall of dashes would keep the patterns busy for minutes.
_LONGEST_ROW = 300
_AMOUNT = re.compile(r"(?<![\d.,])(\d{1,3}(?:[ .,']\d{3})+|\d+)[.,](\d{2})(?![\d%]|[.,]\d| ?%)")
_CURRENCIES = {"€": "EUR", "£": "GBP", "$": "USD", "¥": "JPY"}
# An amount may stand before it without a blank.
_CODE = re.compile(r"(?<![A-Z])(EUR|USD|GBP|CHF|CAD|AUD|SEK|NOK|DKK|PLN|CZK|JPY|MYR|SGD)(?![A-Z])")
# The model takes an l for an i or a 1 at times.
_TOTAL = re.compile(
    r"\b(T[O0]TA[LI1]E?|SUMME|GESAMT(BETRAG)?|(AMOUNT|BALANCE) DUE|TO PAY|ZU ZAHLEN|MONTANT|IMPORTE)\b"
)
_PART = re.compile(
    r"\b(SUB ?-?T[O0]TA[LI1]|ZWISCHENSUMME|NET|NETTO|TOTAL (QTY|ITEMS|SAVINGS|TAX|VAT|DISCOUNT))\b"
)
_TAX = re.compile(r"\b(TAX|VAT|MWST|UST|GST|TVA|IVA|HST|PST)\b")
_CASH = re.compile(r"\b(CASH|TENDERED|BAR|GEGEBEN|ESPECES)\b")
# The model reads no umlauts.
_CHANGE = re.compile(r"\b(CHANGE|R.{0,2}CKGELD|ZUR.{0,2}CK|RENDU)\b")
_NUMBER = re.compile(
    r"\b(?:RECEIPT|INVOICE|BILL|BON|RECHNUNG|BELEG|QUITTUNG|FACTURE)\b\W*(?:NO|NR|NUMBER|NUMMER)?[\W_]*"
    r"([A-Z]{0,4}[-/ ]?\d[\dA-Z/-]{1,20})"
)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
# Behind a date a time may stand without a blank.
_END = r"(?!\d)|(?=\d\d:\d\d)"
_YEAR_FIRST = re.compile(rf"(?<!\d)(20\d\d)[-/.](\d{{1,2}})[-/.](\d{{1,2}})(?:{_END})")
_YEAR_LAST = re.compile(rf"(?<!\d)(\d{{1,2}})([-/.])(\d{{1,2}})\2(20\d\d|\d\d)(?:{_END})")
_NAMED = re.compile(
    rf"(?<!\d)(\d{{1,2}})?[ .-]*({'|'.join(_MONTHS)})[A-Z]*[ .,-]*"
    r"(?:(\d{1,2})(?:ST|ND|RD|TH)?[ ,]+)?(20\d\d)(?!\d)"
)
_TITLES = {"RECEIPT", "INVOICE", "TAX INVOICE", "RECHNUNG", "QUITTUNG", "WELCOME", "BILL"}


class TextLine(NamedTuple):
    """One line of text, where it stands in the picture, in pixels, and how sure the reader is, of 1."""

    text: str
    confidence: float
    left: int
    top: int
    right: int
    bottom: int


class Facts(NamedTuple):
    """What a receipt states, as far as it was found. is_proved: its own arithmetic comes to the amount."""

    merchant: str | None
    document_number: str | None
    currency: str | None
    amount: Decimal | None
    tax_amount: Decimal | None
    is_proved: bool
    document_on: datetime.date | None


@functools.cache
def _reader() -> Any:
    from rapidocr import RapidOCR

    threads = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    # Lines are found on a small picture and read one by one on the large one: 430 MB. With the defaults it
    # is more than the gigabyte that a reading process has.
    small = {"Det.limit_type": "max", "Det.limit_side_len": 736, "Rec.rec_batch_num": 1}
    kept = {"EngineConfig.onnxruntime.enable_cpu_mem_arena": False}
    return RapidOCR(params={"Global.log_level": "critical", **threads, **small, **kept})


def read_text(image: Image.Image, skew: float = 0.0) -> list[TextLine]:
    """The lines of text on an upright picture, from the top. skew: degrees by which they lean, clockwise."""
    import numpy

    straight = image.convert("RGB")
    if skew:
        straight = straight.rotate(skew, Image.Resampling.BILINEAR, expand=True, fillcolor="white")
    found = _reader()(numpy.asarray(straight)[:, :, ::-1])
    lines = []
    for text, confidence, box in zip(found.txts or (), found.scores or (), _boxes(found), strict=True):
        if confidence >= LEAST_CONFIDENCE and text.strip():
            across, down = [round(x) for x, _ in box], [round(y) for _, y in box]
            lines.append(
                TextLine(text.strip(), float(confidence), min(across), min(down), max(across), max(down))
            )
    return sorted(lines, key=lambda line: (line.top, line.left))


def _boxes(found: Any) -> list[list[tuple[float, float]]]:
    return [] if found.boxes is None else [[(float(x), float(y)) for x, y in box] for box in found.boxes]


def facts(lines: list[TextLine]) -> Facts:
    """What the lines of a receipt state."""
    rows = [" ".join(line.text for line in row)[:_LONGEST_ROW] for row in _rows(lines)]
    upper = [row.upper() for row in rows]
    amount, tax, is_proved = _money(upper)
    currency = _currency(upper)
    return Facts(
        merchant=_merchant(rows),
        document_number=next((found[1] for row in upper if (found := _NUMBER.search(row))), None),
        currency=currency,
        amount=amount,
        tax_amount=tax,
        is_proved=is_proved,
        document_on=next(_days(upper, is_month_first=currency == "USD"), None),
    )


def _rows(lines: list[TextLine]) -> list[list[TextLine]]:
    """Lines that stand beside one another, from left to right."""
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda each: each.top + each.bottom):
        last = rows[-1][-1] if rows else None
        if last and abs(line.top + line.bottom - last.top - last.bottom) < min(
            line.bottom - line.top, last.bottom - last.top
        ):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda each: each.left) for row in rows]


def _amounts(row: str) -> list[Decimal]:
    found = (f"{re.sub('[^0-9]', '', whole)}.{cents}" for whole, cents in _AMOUNT.findall(_undated(row)))
    return [amount for amount in map(Decimal, found) if amount < AMOUNT_LIMIT]


def _undated(row: str) -> str:
    return _YEAR_LAST.sub(" ", _YEAR_FIRST.sub(" ", row))


def _money(rows: list[str]) -> tuple[Decimal | None, Decimal | None, bool]:
    """The total, the tax, and whether arithmetic proves the total."""
    items: list[Decimal] = []
    parts, totals, taxes, cash, change = ([] for _ in range(5))
    awaited: list[Decimal] | None = None
    for row in rows:
        found = _amounts(row)
        kind = next(
            (
                kept
                for pattern, kept in (
                    (_PART, parts),
                    (_CHANGE, change),
                    (_CASH, cash),
                    (_TOTAL, totals),
                    (_TAX, taxes),
                )
                if pattern.search(row)
            ),
            None,
        )
        if kind is not None:
            awaited = None if found else kind
        elif awaited is not None and found:
            kind, awaited = awaited, None
        if not found:
            continue
        if kind is not None:
            kind.append(found[-1])
        elif not totals:
            items.append(found[-1])
    bought, taxed = sum(items, Decimal(0)), sum(taxes, Decimal(0))
    proofs = {bought, bought + taxed, *(part + taxed for part in parts)} if items or parts else set()
    proofs |= {given - back for given, back in itertools.product(cash, change)}
    proved = [total for total in totals if total in proofs]
    total = max(proved or totals, default=None)
    return total, taxes[-1] if taxes else None, bool(proved)


def _currency(rows: list[str]) -> str | None:
    ordered = sorted(rows, key=lambda row: _TOTAL.search(row) is None)
    codes = (found[1] for row in ordered if (found := _CODE.search(row)))
    signs = (_CURRENCIES[sign] for row in ordered for sign in row if sign in _CURRENCIES)
    return next(codes, None) or next(signs, None)


def _merchant(rows: list[str]) -> str | None:
    for row in rows[:4]:
        if sum(letter.isalpha() for letter in row) >= 3 and row.upper().strip(" :*-") not in _TITLES:
            return row
    return None


def _days(rows: list[str], is_month_first: bool) -> Iterator[datetime.date]:
    for row in rows:
        for year, month, day in _YEAR_FIRST.findall(row):
            yield from _day(year, month, day)
        for one, sign, other, year in _YEAR_LAST.findall(row):
            is_turned = is_month_first and sign != "." and int(one) <= 12
            month, day = (one, other) if is_turned or int(other) > 12 else (other, one)
            yield from _day(year if len(year) == 4 else f"20{year}", month, day)
        for before, month, after, year in _NAMED.findall(row):
            if before or after:
                yield from _day(year, str(_MONTHS.index(month) + 1), before or after)


def _day(year: str, month: str, day: str) -> Iterator[datetime.date]:
    try:
        found = datetime.date(int(year), int(month), int(day))
    except ValueError:
        return
    if FIRST_DATE <= found <= LAST_DATE:
        yield found
