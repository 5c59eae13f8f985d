"""What to say about a CSV that no profile declares: its header, the nearest profile and the row to add."""

from __future__ import annotations

import codecs
import csv
import datetime
import io
import itertools
import re
from collections.abc import Sequence

from orchestration.collect.readers.common import at_line, plain_text
from orchestration.collect.readers.csv_profiles import COLUMNS, SEED, CsvProfile
from orchestration.lake.errors import UnreadableFile

MAX_LINES = 60
MAX_HEADER = 200
DELIMITERS = (";", ",", "\t", "|")
# What headers are called, each in its letters and digits alone; the first that occurs counts.
_NAMES = {
    "booked_on": "bookingdate postingdate postdate posteddate transactiondate buchungstag buchungsdatum"
    " bokföringsdag bokföringsdatum bokfdag bogførtdato kirjauspäivä completeddate datum date dateutc dato",
    "value_on": "valuedate wertstellung valutadatum valuta valutadag rentedatum rentedato arvopäivä"
    " effectivedate",
    "amount": "amount transactionamount betrag bedrag belopp beløb määrä umsatz montant importe importo"
    " amounteur amountusd amountgbp bedrageur betrageur",
    "debit": "debit debitamount moneyout paidout withdrawal withdrawals belastung lastschrift soll",
    "credit": "credit creditamount moneyin paidin deposit deposits gutschrift haben",
    "balance": "balance runningbalance runningbal saldo saldonatrn balancegbp balanceeur kontostand",
    "currency": "currency währung waehrung munt valutakod ccy",
    "account_number": "accountnumber account iban accountno kontonr kontonummer auftragskonto rekening"
    " ibanbban",
    "counterparty": "counterparty partnername payee name beneficiary naamtegenpartij empfänger auftraggeber",
    "memo": "description memo details narrative verwendungszweck omschrijving text tekst rubrik transaction"
    " beschreibung1 forklaring selitys",
    "reference": "reference paymentreference ref referenz referens viite",
    "transaction_code": "type transactiontype buchungstext code",
}
# What a column holds that alone tells money out from money in, in small letters.
_DIRECTIONS = (
    *(("debit", "credit"), ("d", "c"), ("dr", "cr"), ("dbit", "crdt"), ("af", "bij"), ("s", "h")),
    *(("debet", "credit"), ("soll", "haben"), ("out", "in"), ("withdrawal", "deposit")),
)
_FORMATS = (
    *(
        "%Y-%m-%d",
        "%d.%m.%Y",
        "%d.%m.%y",
        "%m/%d/%Y",
        "%d/%m/%Y",
        "%Y/%m/%d",
        "%Y%m%d",
        "%d-%m-%Y",
        "%m-%d-%Y",
    ),
    *("%m/%d/%y", "%d/%m/%y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%d %b %Y"),
)


def unknown_csv(head: bytes, profiles: Sequence[CsvProfile], encoding: str) -> UnreadableFile:
    """The refusal of a file of which this is the first part."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    lines = [line for line in itertools.islice(io.StringIO(text, newline=""), MAX_LINES) if line.strip()]
    delimiter, at, fields, rows = _table(lines)
    shown = (lines[at] if lines else "").strip()[:MAX_HEADER]
    said = [f"no profile declares the header {shown!r}"]
    if nearest := _nearest(fields, profiles):
        profile, missing = nearest
        said.append(f"nearest is {profile.profile_code}, without {', '.join(map(repr, missing[:5]))}")
    row, open_cells = _row(fields, rows, delimiter, encoding)
    if row is None:
        said.append(f"next step: add a row to {SEED}")
    else:
        then = f", {' and '.join(open_cells)}" if open_cells else ""
        said.append(f"next step: add this row to {SEED}{then}, and collect again: {row}")
    return UnreadableFile("; ".join(said), at_line(1))


def _table(lines: list[str]) -> tuple[str, int, list[str], list[list[str]]]:
    """The delimiter, the place of the header, its fields and the rows below it: what names most."""
    best: tuple[tuple[int, int], str, int, list[str], list[list[str]]] = ((0, 0), ",", 0, [], [])
    for delimiter in DELIMITERS:
        rows = []
        for line in lines:
            try:
                rows.append(
                    [" ".join(field.split()) for field in next(csv.reader([line], delimiter=delimiter), [])]
                )
            except csv.Error:
                rows.append([])
        for at, fields in enumerate(rows[:21]):
            score = (sum(_column_of(field) is not None for field in fields), -at)
            if score > best[0] and len(fields) > 1:
                best = score, delimiter, at, fields, rows[at + 1 :]
    return best[1:]


def _column_of(header: str) -> str | None:
    plain = plain_text(header)
    return next((column for column, names in _NAMES.items() if plain in names.split()), None)


def _nearest(fields: list[str], profiles: Sequence[CsvProfile]) -> tuple[CsvProfile, list[str]] | None:
    """The profile of which the largest part stands in the header, at least half, and what does not."""
    found = []
    for profile in profiles:
        headers = profile.headers()
        missing = [header for header in headers if header not in fields]
        if profile.column_count is None and len(missing) * 2 <= len(headers):
            found.append((len(missing) / len(headers), profile.profile_code, profile, missing))
    return min(found, key=lambda entry: entry[:2])[2:] if found else None


def _row(
    fields: list[str], rows: list[list[str]], delimiter: str, encoding: str
) -> tuple[str | None, list[str]]:
    """A row of the seed for such a file, or None where it names no date and no amount; and what a person must
    still do about its cells."""
    cells: dict[str, str] = {}
    for column, names in _NAMES.items():
        for name in names.split():
            header = next((field for field in fields if plain_text(field) == name), None)
            if header is not None and header not in cells.values():
                cells[column] = header
                break
    if "debit" in cells and "credit" in cells:
        cells.pop("amount", None)
    else:
        cells.pop("debit", None)
        cells.pop("credit", None)
    if "booked_on" not in cells or not ("amount" in cells or "debit" in cells):
        return None, []

    def values(*columns: str) -> list[str]:
        places = [fields.index(cells[column]) for column in columns if column in cells]
        return [row[at].strip() for row in rows for at in places if at < len(row) and row[at].strip()]

    for at, header in enumerate(fields):
        found = {row[at].strip().casefold() for row in rows if at < len(row)}
        pair = next((pair for pair in _DIRECTIONS if found and found <= set(pair)), None)
        if pair and "amount" in cells:
            cells |= {"direction": header, "debit_words": pair[0], "credit_words": pair[1]}
    amounts = values("amount", "debit", "credit", "balance")
    decimal_mark = "," if any(re.search(r",[0-9]{1,2}$", amount) for amount in amounts) else "."
    formats = [form for form in _FORMATS if (dates := values("booked_on")) and _all_dates(dates, form)]
    open_cells = []
    if len(formats) != 1:
        open_cells.append(
            f"check date_format ({' or '.join(formats) or 'of ' + repr(values('booked_on')[:1])})"
        )
    currencies = {"€": "EUR", "$": "USD", "£": "GBP"}
    code = re.search(r"\b(EUR|USD|GBP|CHF|SEK|NOK|DKK|CAD|AUD|PLN|JPY)\b", " ".join(fields))
    mark = next((currencies[sign] for sign in currencies if any(sign in amount for amount in amounts)), "")
    cells |= {
        "profile_code": "my_bank",
        "delimiter": "\\t" if delimiter == "\t" else delimiter,
        "decimal_mark": decimal_mark,
        "thousands_mark": "." if decimal_mark == "," else ",",
        "date_format": formats[0] if formats else "%Y-%m-%d",
        "encoding": encoding,
        "sign": "debit_positive"
        if "debit" in cells and not any("-" in cell for cell in values("debit"))
        else ("credit_positive"),
        "fixed_currency": "" if "currency" in cells else (code[1] if code else mark),
    }
    if "currency" not in cells and not code and not mark:
        open_cells.append("fill fixed_currency")
    if "account_number" not in cells:
        open_cells.append("fill fixed_account_number or put the file into a folder account=<number>")
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow([cells.get(column, "") for column in COLUMNS])
    return line.getvalue(), open_cells


def _all_dates(texts: list[str], date_format: str) -> bool:
    try:
        return all(datetime.datetime.strptime(text, date_format) for text in texts)
    except ValueError:
        return False
