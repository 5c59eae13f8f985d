"""Paying a closed pay period: its payment files, written once, and a fact of the lake for each payment.

The figures are the models'. The bytes of a file stand in the lake before they stand in the folder, so a kill
between the two loses nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from orchestration.calendars.banking_day import banking_day
from orchestration.close.pay_period import PayRefusedError, built_warehouse, is_period_closed, known_period
from orchestration.lake.datasets import PaidPayment, PaymentFile, SentPrenote
from orchestration.lake.load import Load, open_load, utc_now
from orchestration.lake.read import lake_rows
from orchestration.payroll.nacha import NachaCredit, NachaCredits, NachaOriginator, write_nacha
from orchestration.payroll.pain import SepaCredit, SepaDebtor, write_pain
from orchestration.payroll.payment_rows import PaymentRefused
from orchestration.settings import Settings

_SCHEME_CALENDARS = {"nacha": "US", "sepa": "TARGET"}


class WrittenFile(NamedTuple):
    """A payment file in the payments folder."""

    path: Path
    payment_count: int
    amount_total: Any
    currency: str


def pay(
    settings: Settings,
    pay_period_id: str,
    written_by: str,
    *,
    clock: Callable[[], datetime.datetime] = utc_now,
) -> list[WrittenFile]:
    """Write the payment files of a closed period, once, and return them.

    What came back is paid again when a decision `reissue` says so. Raises PayRefusedError when the period is
    open, when nothing of it is due, and when a payment cannot be written: then no file is.
    """
    with built_warehouse(settings, ["+int_payment_file_parts", "bank_holidays"]) as warehouse:
        _, paid_on = known_period(warehouse, pay_period_id)
        if not is_period_closed(warehouse, pay_period_id):
            raise PayRefusedError(
                f"{pay_period_id} is open: close it first with `tieout close-period {pay_period_id}`"
            )
        with open_load(settings, clock) as load:
            if not _write(warehouse, settings, load, pay_period_id, paid_on, written_by):
                raise PayRefusedError(
                    f"nothing of {pay_period_id} is due: it is paid already."
                    f" `tieout pay {pay_period_id} --again` gives the same files again, byte for byte."
                    " A payment that came back is paid after a decision `reissue` with its payment_id in"
                    " landing/decisions/"
                )
    return put_files(settings, pay_period_id, load.id)


def put_files(settings: Settings, pay_period_id: str, load_id: str | None = None) -> list[WrittenFile]:
    """Put the period's files, or those of one load, from the lake into the payments folder.

    The bytes are those the lake holds, so a bank that has seen them knows them again. Only the owner can read
    them. Raises PayRefusedError when the period has none.
    """
    columns = [
        "pay_period_id",
        "load_id",
        "file_name",
        "content",
        "payment_count",
        "amount_total",
        "currency",
    ]
    files = []
    for row in lake_rows(settings.lake, "payment_files", columns):
        if row["pay_period_id"] != pay_period_id or load_id not in (None, row["load_id"]):
            continue
        path = settings.payments / row["file_name"]
        settings.payments.mkdir(mode=0o700, parents=True, exist_ok=True)
        work = path.with_name(f".{path.name}")
        work.touch(mode=0o600)
        work.write_bytes(row["content"].encode("utf-8"))
        work.replace(path)
        files.append(WrittenFile(path, row["payment_count"], row["amount_total"], row["currency"]))
    if not files:
        raise PayRefusedError(f"no payment file of {pay_period_id} was ever written")
    return files


def _write(
    warehouse: duckdb.DuckDBPyConnection,
    settings: Settings,
    load: Load,
    pay_period_id: str,
    paid_on: datetime.date,
    written_by: str,
) -> int:
    """Spool the files that are due and their payments. Returns the number of files."""
    parts = _rows(
        warehouse.execute(
            "select * from payroll.int_payment_file_parts where pay_period_id = ?"
            " order by file_number, payment_id",
            [pay_period_id],
        )
    )
    # The warehouse may be older than the lake: what another run has paid since is not paid again.
    written = {row["payment_id"] for row in lake_rows(settings.lake, "paid_payments", ["payment_id"])}
    written |= {row["prenote_id"] for row in lake_rows(settings.lake, "sent_prenotes", ["prenote_id"])}
    parts = [part for part in parts if part["payment_id"] not in written]
    if all(part["is_prenote"] for part in parts):
        return 0
    files = lake_rows(settings.lake, "payment_files", ["effective_on", "payment_count"])
    sequence = 1 + sum(row["payment_count"] for row in files)
    numbers = sorted({part["file_number"] for part in parts})
    for number in numbers:
        due = [part for part in parts if part["file_number"] == number]
        if due[0]["is_above_limit"]:
            raise PayRefusedError(
                f"a payment of {pay_period_id} is not below the largest total of one file: see max_amount in"
                " seeds/payroll/paying_accounts.csv"
            )
        account = _rows(
            warehouse.execute(
                "select * from reference.paying_accounts where currency = ?", [due[0]["currency"]]
            )
        )[0]
        holidays = {
            day
            for (day,) in warehouse.execute(
                "select holiday_on from reference.bank_holidays where calendar_code = ?",
                [_SCHEME_CALENDARS[account["scheme"]]],
            ).fetchall()
        }
        earliest = max(paid_on, load.at.date()) if due[0]["attempt"] > 1 else paid_on
        effective_on = banking_day(earliest, holidays, "after" if due[0]["attempt"] > 1 else "before")
        of_day = 1 + sum(row["effective_on"] == effective_on for row in files)
        reference = f"PAY-{effective_on:%y%m%d}-{of_day:02d}"
        files.append({"effective_on": effective_on, "payment_count": len(due)})
        try:
            content, traces, total = _content(
                account, due, holidays, effective_on, reference, of_day, sequence
            )
        except PaymentRefused as error:
            raise PayRefusedError(f"no file of {pay_period_id} is written: {error}") from error
        sequence += len(due)
        suffix = "ach" if account["scheme"] == "nacha" else "xml"
        file_id = f"{load.id}-{number}"
        load.write(
            "payment_files",
            [
                PaymentFile(
                    file_id,
                    pay_period_id,
                    reference,
                    f"{pay_period_id}_{reference}.{suffix}",
                    account["scheme"],
                    account["currency"],
                    content.decode("utf-8"),
                    written_by,
                    len(due),
                    total,
                    effective_on,
                    load.at,
                )
            ],
        )
        prenotes = [
            SentPrenote(
                part["payment_id"],
                file_id,
                pay_period_id,
                part["employee_id"],
                traces[part["payment_id"]],
                part["priority"],
                effective_on,
            )
            for part in due
            if part["is_prenote"]
        ]
        load.write("sent_prenotes", prenotes)
        load.write(
            "paid_payments",
            [
                PaidPayment(
                    part["payment_id"],
                    file_id,
                    reference,
                    part["payslip_id"],
                    pay_period_id,
                    part["employee_id"],
                    part["currency"],
                    traces.get(part["payment_id"]),
                    part["priority"],
                    part["attempt"],
                    part["amount"],
                    effective_on,
                )
                for part in due
                if not part["is_prenote"]
            ],
        )
    return len(numbers)


def _content(
    account: dict[str, Any],
    due: list[dict[str, Any]],
    holidays: set[datetime.date],
    effective_on: datetime.date,
    reference: str,
    of_day: int,
    sequence: int,
) -> tuple[bytes, dict[str, str], Any]:
    """The bytes of one file, its trace numbers by payment, and its total. Raises PaymentRefused.

    The file's own date is its settlement date, so the same payments give the same bytes on any day.
    """
    created_at = datetime.datetime.combine(effective_on, datetime.time())
    if account["scheme"] == "nacha":
        originator = NachaOriginator(
            account["routing_number"],
            account["routing_number"],
            account["bank_name"],
            account["company_id"],
            account["company_name"],
            account["company_id"],
            account["company_name"],
            reference,
        )
        for part in due:
            for name in ("routing_number", "account_number", "account_kind"):
                if part[name] is None:
                    raise PaymentRefused(part["payment_id"], name, "is missing in bank_details")
        credits = [
            NachaCredit(
                part["payment_id"],
                part["payment_id"],
                part["name"],
                part["routing_number"],
                part["account_number"],
                part["account_kind"],
                part["amount"],
                part["is_prenote"],
            )
            for part in due
        ]
        modifier = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"[(of_day - 1) % 36]
        file = write_nacha(
            originator,
            [NachaCredits(effective_on, credits)],
            holidays,
            created_at,
            file_id_modifier=modifier,
            first_sequence=(sequence - 1) % 9_000_000 + 1,
        )
        return file.content, file.trace_numbers, file.credit_total
    for part in due:
        if part["iban"] is None:
            raise PaymentRefused(part["payment_id"], "iban", "is missing in bank_details")
    transfers = [
        SepaCredit(part["payment_id"], part["name"], part["iban"], part["amount"], None, part["bic"])
        for part in due
    ]
    debtor = SepaDebtor(account["company_name"], account["iban"], account["bic"])
    message = write_pain(
        debtor, transfers, holidays, message_id=reference, created_at=created_at, execute_on=effective_on
    )
    return message.content, {}, message.credit_total


def _rows(result: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
