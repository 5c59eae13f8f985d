"""MT940 as German banks send it: field 86 holds a three-digit transaction code and ?nn sub-fields."""

from __future__ import annotations

import datetime

from orchestration.demo import company
from orchestration.demo.bank import BankLine, Statement
from orchestration.demo.money import decimal_comma
from orchestration.demo.statements.codes import CODES, signed

_SUB_FIELD_CHARACTERS = 27
_PURPOSE_SUB_FIELDS = 10
_REFERENCE_CHARACTERS = 16
# By (is a return, is a credit): RC takes a credit back, so it is a debit; RD is a credit.
_MARKS = {(False, True): "C", (False, False): "D", (True, False): "RC", (True, True): "RD"}


def write(statement: Statement, delivery: int) -> bytes:
    """The file's bytes, with CRLF line ends. A later delivery has another reference in field 20."""
    account = statement.account
    opening = _balance(statement.period_start_on, account.currency, statement.opening_balance)
    closing = _balance(statement.period_end_on, account.currency, statement.closing_balance)
    rows = [
        f"{{1:F01{company.EUR_BANK_BIC[:8]}AXXX0000000000}}{{2:I940TALMDEF0XXXXN}}{{4:",
        f":20:STA{statement.period_end_on:%y%m%d}{delivery:02d}",
        f":25:{account.number}",
        f":28C:{statement.sequence_number:05d}/001",
        f":60F:{opening}",
    ]
    for line in statement.lines:
        rows += _transaction(line)
    rows += [f":62F:{closing}", f":64:{closing}", "-}"]
    return ("\r\n".join(rows) + "\r\n").encode("ascii")


def _balance(day: datetime.date, currency: str, amount: int) -> str:
    return f"{'C' if amount >= 0 else 'D'}{day:%y%m%d}{currency}{decimal_comma(amount)}"


def _transaction(line: BankLine) -> list[str]:
    codes = CODES[line.activity]
    mark = _MARKS[line.is_return, line.amount >= 0]
    reference = line.reference if 0 < len(line.reference) <= _REFERENCE_CHARACTERS else "NONREF"
    first = (
        f":61:{line.value_on:%y%m%d}{line.booked_on:%m%d}{mark}{decimal_comma(line.amount)}"
        f"N{codes.mt940_type}{reference}//{line.bank_reference}"
    )
    purpose = []
    if line.reference:
        purpose += _pieces(f"EREF+{line.reference}")
    if line.memo:
        purpose += _pieces(f"SVWZ+{line.memo}")
    rows = [
        first,
        f":86:{signed(codes.german_code, line.amount)}?00{codes.german_text}?10{line.bank_reference[-4:]}",
    ]
    for index, piece in enumerate(purpose[:_PURPOSE_SUB_FIELDS]):
        rows.append(f"?2{index}{piece}")
    partner = line.counterparty
    if partner.account:
        rows.append(f"?31{partner.account}")
    for index, piece in enumerate(_pieces(partner.name.replace("&", "+"))[:2]):
        rows.append(f"?3{2 + index}{piece}")
    return rows


def _pieces(text: str) -> list[str]:
    """The text cut into sub-fields. A cut never falls on a space, which banks and readers would strip."""
    pieces = []
    while len(text) > _SUB_FIELD_CHARACTERS:
        cut = _SUB_FIELD_CHARACTERS
        while cut > 1 and (text[cut - 1] == " " or text[cut] == " "):
            cut -= 1
        pieces.append(text[:cut])
        text = text[cut:]
    pieces.append(text)
    return pieces
