"""What to say about a settlement report that no profile declares: its header, the nearest profile and the row
to add.

Columns are known by what processors call them. What only a person can know is left open and named; nothing of
it is ever read without the row.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from orchestration.collect.readers.common import DASHES, at_line, plain_text
from orchestration.collect.settlements.profiles import COLUMNS, FIRST, SEED, SettlementProfile
from orchestration.lake.errors import MAX_REASON, UnreadableFile

MAX_LINES = 60
MAX_HEADER = 200
MAX_COLUMNS = 200
MAX_CELL = 100
MAX_TYPES = 12
# What headers are called, each in its letters and digits alone; the first that occurs counts.
_NAMES = {
    "payout_reference": "payoutid payoutreference transferid settlementid settlementreference"
    " depositid disbursementid batchid linkspayout payoutdate depositdate settlementdate",
    "transaction_reference": "transactionid balancetransactionid entityid actionid paymentid"
    " transactionreference entryid id captureid reference receiptnumber",
    "line_type": "transactiontype type breakdowntype entrytype category reportingcategory eventtype"
    " resourcetype actiontype activity description",
    "currency": "currency settlementcurrency payoutcurrency holdingcurrency netcurrency currencycode ccy"
    " currencyisocode transactioncurrency",
    "reference": "orderid ordernumber ordername order orderreference merchantreference merchantorderid"
    " merchantreference1 ordercode paymentsreference invoicenumber invoiceid invoice externalid"
    " paymentreference",
    "memo": "description details note narrative subject",
    "occurred_on": "transactiondate createdutc createdat created date transactiontime datetime timestamp"
    " transactioncreationdate datetimeutc createddatetime processedon paymentdate saledate capturedate time",
    "paid_on": "payoutdate depositdate settlementdate transferdate arrivaldate availableon",
    "gross": "gross grossamount transactionamount grosstransactionamount amount total totalamount"
    " paymentsamount holdingcurrencyamount",
    "fee": "fee fees feeamount totalfee totalfees processingfee processingfees transactionfee commission"
    " merchantfee feestaxes servicefee",
    "net": "net netamount nettotal settlementamount payoutamount payout",
    "balance": "balance runningbalance",
    "status": "status state transactionstatus paymentstatus",
}
# How a status begins of what was never paid, or is not yet.
_UNSETTLED = (
    "pending",
    "fail",
    "decline",
    "denied",
    "reject",
    "cancel",
    "void",
    "expired",
    "scheduled",
    "abort",
)
_KNOWN = {name for names in _NAMES.values() for name in names.split()}
_NEEDED = ("transaction_reference", "occurred_on")
# What a type's name tells of its kind.
_KINDS = {
    "refund": "refund|^returns?$",
    "chargeback": "chargeback|dispute|reversal",
    "reserve": "reserve|hold",
    "payout": "payout|withdrawal|disbursement|settlement",
    "fee": "fee|commission|charges",
    "sale": "sale|charge|payment|capture|order|purchase|settled",
}
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y/%m/%d", "%b %d, %Y", "%B %d, %Y", "%d %b %Y")
_TIMES = (
    *("", " %H:%M:%S", " %H:%M", "T%H:%M:%SZ", "T%H:%M:%S", " %H:%M:%S %z", "T%H:%M:%S%z"),
    "T%H:%M:%S.%f%z",
)
_FORMATS = [f"{day}{time}" for time in _TIMES for day in _DAYS]
_COMMA_DECIMALS = re.compile(r",[0-9]{1,2}[-)]?$")


class _Table(NamedTuple):
    """Where the header stands, its fields as they are written, and the rows below it."""

    line: str
    fields: list[str]
    rows: list[list[str]]

    def values(self, header: str) -> list[str]:
        """What is filled in the column."""
        at = self.fields.index(header)
        return [row[at] for row in self.rows if row[at] and row[at] not in DASHES]


def unknown_report(
    text: str, delimiters: Sequence[str], profiles: Sequence[SettlementProfile]
) -> UnreadableFile:
    """The refusal of a report of which this is the first part."""
    lines = [line for line in io.StringIO(text, newline="") if line.strip()][:MAX_LINES]
    table = _table(lines, delimiters)
    said = [f"no settlement profile declares the header {table.line.strip()[:MAX_HEADER]!r}"]
    if nearest := _nearest(table.fields, profiles):
        code, missing = nearest
        said.append(f"nearest is {code}, without {', '.join(map(repr, missing[:5]))}")
    row, open_cells = _row(table)
    if row is None:
        said.append(f"next step: add a row to {SEED}, and collect again")
    else:
        said.append(
            f"next step: add this row to {SEED}, {' and '.join(open_cells)}, and collect again: {row}"
        )
    # The row is what is needed most, and a longer reason would be cut in its middle.
    while len(said) > 1 and len("; ".join(said)) > MAX_REASON:
        del said[-2]
    return UnreadableFile("; ".join(said), at_line(1))


def _table(lines: list[str], delimiters: Sequence[str]) -> _Table:
    """What names most as the header, the first of equals."""
    best: tuple[int, _Table] = (0, _Table(lines[0] if lines else "", [], []))
    for delimiter in delimiters:
        for at, line in enumerate(lines[:21]):
            fields = next(iter(_cut([line], delimiter)), [])
            named = sum(plain_text(field[:MAX_CELL]) in _KNOWN for field in fields)
            if named > best[0] and len(fields) <= MAX_COLUMNS:
                rows = [row for row in _cut(lines[at + 1 :], delimiter) if len(row) >= len(fields)]
                best = named, _Table(line, fields, rows)
    return best[1]


def _cut(lines: list[str], delimiter: str) -> list[list[str]]:
    try:
        return [[" ".join(field.split()) for field in row] for row in csv.reader(lines, delimiter=delimiter)]
    except csv.Error:
        return []


def _nearest(fields: list[str], profiles: Sequence[SettlementProfile]) -> tuple[str, list[str]] | None:
    """The profile of which the largest part stands in the header, at least half, and what does not."""
    names = {field.casefold() for field in fields}
    found = [
        (len(missing) / len(headers), profile.profile_code, missing)
        for profile in profiles
        if (headers := profile.headers()) and len(missing := sorted(headers - names)) * 2 <= len(headers)
    ]
    return min(found)[1:] if found else None


def _row(table: _Table) -> tuple[str | None, list[str]]:
    """A row of the seed for such a report, or None where too little of it is known; and what a person must
    still do about its cells."""
    cells = _columns(table)
    if not cells.keys() >= {*_NEEDED} or not ("net" in cells or cells.keys() >= {"gross", "fee"}):
        return None, []
    open_cells = ["fill processor and bank_words", "check kinds"]
    formats: list[str] = []
    for cell in ("occurred_on", "paid_on"):
        dates = table.values(cells[cell]) if cell in cells else []
        fitting = [form for form in _FORMATS if dates and all(_is_date(text, form) for text in dates)]
        formats += [form for form in fitting if form not in formats]
        if dates and not fitting:
            open_cells.append(f"add that of {dates[0][:MAX_CELL]!r} to date_format")
    if "currency" not in cells:
        open_cells.append("fill fixed_currency")
    if "payout_reference" not in cells:
        cells["payouts_are_in_order"] = "true"
        open_cells.append("check that lines stand before the payout that they are part of")
    headers = [header for cell in ("gross", "fee", "net") for header in cells.get(cell, "").split(" - ")]
    amounts = [text for header in filter(None, headers) for text in table.values(header)]
    if "status" in cells:
        said = [*dict.fromkeys(table.values(cells["status"]))][:MAX_TYPES]
        open_cells.append(f"check unsettled_words, of {', '.join(repr(word[:MAX_CELL]) for word in said)}")
        cells["unsettled_words"] = "|".join(f"{word}*" for word in _UNSETTLED)
    sign = _fee_sign(table, cells)
    if sign is None:
        open_cells.append("check fee_sign")
    cells |= {
        "profile_code": "my_report",
        "date_format": FIRST.join(formats),
        "decimal_mark": "," if any(map(_COMMA_DECIMALS.search, amounts)) else ".",
        "amount_unit": "major",
        "fee_sign": sign or "cost_positive",
        "kinds": "|".join([*_kinds(table.values(cells["line_type"])), "*=adjustment"])
        if "line_type" in cells
        else "*=sale",
    }
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([cells.get(column, "") for column in COLUMNS])
    return line.getvalue(), open_cells


def _columns(table: _Table) -> dict[str, str]:
    headers = {plain_text(field): field for field in reversed(table.fields) if len(field) <= MAX_CELL}
    cells: dict[str, str] = {}
    for column, names in _NAMES.items():
        found = [headers[name] for name in names.split() if name in headers]
        found = [header for header in found if header not in cells.values()]
        if column == "transaction_reference":
            # What tells each line from all others goes before what several share.
            found.sort(key=lambda header: len({*table.values(header)}) < len(table.rows))
        elif column == "line_type":
            found = [header for header in found if _is_of_kinds(table, header)]
        elif column == "net" and cells.keys() >= {"gross", "fee"}:
            # Another one may be without taxes.
            found.sort(key=lambda header: _fee_sign(table, cells | {"net": header}) is None)
        if found:
            cells[column] = found[0]
    if {"debit", "credit"} <= headers.keys() and "net" not in cells:
        # The amount beside them has no sign.
        cells["net"] = f"{headers['credit']} - {headers['debit']}"
        cells.pop("gross", None)
    if cells.keys() >= {"gross", "net"} and "fee" not in cells:
        gross, net = (table.fields.index(cells[cell]) for cell in ("gross", "net"))
        if any(_number(row[gross]) != _number(row[net]) for row in table.rows):
            # What lies between stands in several columns, or in none.
            del cells["gross"]
    if "gross" in cells and not {"fee", "net"} & set(cells):
        cells["net"] = cells.pop("gross")
    # The day of a payout may be all that tells it from others.
    if "payout_reference" in cells and "paid_on" not in cells and _is_of_days(cells["payout_reference"]):
        cells["paid_on"] = cells["payout_reference"]
    return cells


def _is_of_kinds(table: _Table, header: str) -> bool:
    """Whether a column says kinds of lines: a text of each line's own says none."""
    return plain_text(header) != "description" or len({*table.values(header)}) < len(table.rows)


def _is_of_days(header: str) -> bool:
    return plain_text(header) in _NAMES["paid_on"].split()


def _kinds(types: list[str]) -> list[str]:
    """Each type that occurs with the kind that its name tells."""
    found = []
    for text in [*dict.fromkeys(types)] if len({*types}) <= MAX_TYPES else []:
        word = text.casefold()
        kind = next((kind for kind, words in _KINDS.items() if re.search(words, word)), None)
        if kind is not None and not set("=|") & set(word) and len(word) <= MAX_CELL:
            found.append(f"{word}={kind}")
    return found


def _fee_sign(table: _Table, cells: dict[str, str]) -> str | None:
    """How a fee is written, by the first row whose gross and fee come to its net."""
    if not cells.keys() >= {"gross", "fee", "net"}:
        return None
    if not {*map(cells.get, ("gross", "fee", "net"))} <= {*table.fields}:
        return None
    places = [table.fields.index(cells[cell]) for cell in ("gross", "fee", "net")]
    for row in table.rows:
        gross, fee, net = (_number(row[at]) for at in places)
        if fee and gross - fee == net:
            return "cost_positive"
        if fee and gross + fee == net:
            return "cost_negative"
    return None


def _number(text: str) -> Decimal:
    """Roughly: a mark before one or two last digits is the decimal one."""
    match = re.fullmatch(r"(.*?)(?:[.,]([0-9]{1,2}))?", re.sub(r"[^0-9.,]", "", text[:MAX_CELL]))
    whole, fraction = (re.sub("[.,]", "", match[1]), match[2]) if match else ("", None)
    number = Decimal(f"{whole or 0}.{fraction or 0}")
    return -number if re.search(r"[-(]", text[:MAX_CELL]) else number


def _is_date(text: str, date_format: str) -> bool:
    try:
        return len(text) <= MAX_CELL and bool(datetime.datetime.strptime(text, date_format))
    except ValueError:
        return False
