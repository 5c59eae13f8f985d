"""The CSV export of the US deposit account: month first in dates, one signed amount, a running balance."""

from __future__ import annotations

import csv
import io

from orchestration.demo.bank import Statement
from orchestration.demo.money import plain

COLUMNS = (
    "Account Number",
    "Currency",
    "Posting Date",
    "Value Date",
    "Description",
    "Counterparty",
    "Reference",
    "Bank Reference",
    "Amount",
    "Running Balance",
)


def write(statement: Statement, delivery: int) -> bytes:
    """The file's bytes. The export carries no creation time, so every delivery is the same."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    balance = statement.opening_balance
    for line in statement.lines:
        balance += line.amount
        writer.writerow(
            (
                line.account.number,
                line.account.currency,
                f"{line.booked_on:%m/%d/%Y}",
                f"{line.value_on:%m/%d/%Y}",
                line.memo,
                line.counterparty.name,
                line.reference,
                line.bank_reference,
                plain(line.amount),
                plain(balance),
            )
        )
    return text.getvalue().encode("utf-8")
