"""BAI2 (Cash Management Balance Reporting Specifications, version 2): one account, one day, one file.

Amounts are whole cents. Record 49 adds every amount of records 03 and 16 as written; 98 and 99 add up.
Counts: 49 counts its account's records with itself, 98 its group's with itself, 99 the whole file's.
"""

from __future__ import annotations

import datetime

from orchestration.demo import company
from orchestration.demo.bank import BankLine, Statement
from orchestration.demo.statements.codes import CODES, signed

_RECORD_CHARACTERS = 80
_SENDER = "HARROWGB"


def write(statement: Statement, delivery: int) -> bytes:
    """The file's bytes. delivery 0 is the evening file; a later one has another creation time and file id."""
    day = statement.period_end_on
    created_on = day + datetime.timedelta(days=delivery)
    created_time = "2130" if delivery == 0 else "0615"
    file_id = f"{statement.sequence_number}{delivery or ''}"
    credits = [line.amount for line in statement.lines if line.amount >= 0]
    debits = [-line.amount for line in statement.lines if line.amount < 0]
    opening, closing = statement.opening_balance, statement.closing_balance
    account_records = [
        f"03,{statement.account.number},{statement.account.currency},010,{opening},,,015,{closing},,/",
        f"88,045,{closing},,,100,{sum(credits)},{len(credits)},,400,{sum(debits)},{len(debits)},/",
    ]
    for line in statement.lines:
        account_records += _transaction(line)
    control_total = opening + closing + closing + 2 * (sum(credits) + sum(debits))
    account_records.append(f"49,{control_total},{len(account_records) + 1}/")
    records = [
        f"01,{_SENDER},TALLOWMERE,{created_on:%y%m%d},{created_time},{file_id},{_RECORD_CHARACTERS},,2/",
        f"02,TALLOWMERE,{company.US_ROUTING_NUMBER},1,{day:%y%m%d},2359,{statement.account.currency},2/",
        *account_records,
        f"98,{control_total},1,{len(account_records) + 2}/",
        f"99,{control_total},1,{len(account_records) + 4}/",
    ]
    return ("\r\n".join(records) + "\r\n").encode("ascii")


def _transaction(line: BankLine) -> list[str]:
    code = signed(CODES[line.activity].bai2, line.amount)
    amount = abs(line.amount)
    if line.value_on != line.booked_on:
        funds = f"V,{line.value_on:%y%m%d},"
    elif line.activity == "deposit":
        same_day = amount // 2
        funds = f"S,{same_day},{amount - same_day},0"
    elif line.activity == "wire":
        funds = "0"
    else:
        funds = "Z"
    start = f"16,{code},{amount},{funds},{line.bank_reference},{line.reference},"
    text = " ".join(part for part in (line.counterparty.name.upper(), line.memo.upper()) if part)
    records = [start]
    for word in text.split():
        separator = "" if records[-1][-1] == "," else " "
        if len(records[-1]) + len(separator) + len(word) > _RECORD_CHARACTERS:
            records.append(f"88,{word}")
        else:
            records[-1] += separator + word
    return records
