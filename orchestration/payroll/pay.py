"""Paying a closed pay period: its payment files, written once, and a fact of the lake for each payment.

What is paid, in which file, when the file settles and what it is called is the models'. The bytes of a file
stand in the lake before they stand in the folder, so a kill between the two loses nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from orchestration.close.pay_period import (
    PayRefusedError,
    built_warehouse,
    is_period_closed,
    refuse_unless_known,
)
from orchestration.close.review import NotReviewedError, reviewers
from orchestration.lake.datasets import PaidPayment, PaymentFile, SentPrenote
from orchestration.lake.load import Load, open_load, utc_now
from orchestration.lake.read import lake_rows
from orchestration.outside import file_within
from orchestration.payroll.nacha import NachaCredit, NachaCredits, NachaOriginator, write_nacha
from orchestration.payroll.pain import SepaCredit, SepaDebtor, write_pain
from orchestration.payroll.payment_rows import PaymentRefused
from orchestration.settings import Settings

_Row = dict[str, Any]


class WrittenFile(NamedTuple):
    """A payment file in the payments folder."""

    path: Path
    payment_count: int
    amount_total: Decimal
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
    with built_warehouse(settings, ["+int_payment_files_due"], clock().date()) as warehouse:
        refuse_unless_known(warehouse, pay_period_id)
        if not is_period_closed(warehouse, pay_period_id):
            raise PayRefusedError(
                f"{pay_period_id} is open: close it first with `tieout close-period {pay_period_id}`"
            )
        files = _due_files(warehouse, pay_period_id)
        if files:
            _refuse_unreviewed(warehouse, pay_period_id, written_by, clock().date())
    if not files:
        raise PayRefusedError(
            f"nothing of {pay_period_id} is due: it is paid already, or waits for a question of the period"
            " to be accepted, of an account that came after the close."
            f" `tieout pay {pay_period_id} --again` gives the same files again, byte for byte."
            " A payment that came back is paid after a decision `reissue` with its payment_id, and another"
            " person's `approve`, in landing/decisions/"
        )
    for file, _ in files:
        file_within(settings.payments, file["file_name"])  # refused before anything counts as paid
    with open_load(settings, clock) as load:
        # What another run has written since the build is not paid again, and its numbers are taken.
        written = len(lake_rows(settings.lake, "payment_files", ["payment_file_id"]))
        if any(file["earlier_file_count"] != written for file, _ in files):
            raise PayRefusedError(
                f"no file of {pay_period_id} is written: another run wrote payment files meanwhile. Try again"
            )
        for file, parts in files:
            _write(load, file, parts, written_by)
    return put_files(settings, pay_period_id, load.id)


def put_files(settings: Settings, pay_period_id: str, load_id: str | None = None) -> list[WrittenFile]:
    """Put the period's files, or those of one load, from the lake into the payments folder.

    The bytes are those the lake holds, so a bank that has seen them knows them again. Raises PayRefusedError
    when the period has none.
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
        path = file_within(settings.payments, row["file_name"])
        settings.payments.mkdir(parents=True, exist_ok=True)
        work = path.with_name(f".{path.name}")
        work.write_bytes(row["content"].encode("utf-8"))
        work.replace(path)
        files.append(WrittenFile(path, row["payment_count"], row["amount_total"], row["currency"]))
    if not files:
        raise PayRefusedError(f"no payment file of {pay_period_id} was ever written")
    return files


def unpaid_periods(settings: Settings) -> list[str]:
    """The closed pay periods of which no file was ever written and one is due, as the warehouse has them."""
    if not settings.warehouse.exists():
        return []
    with duckdb.connect(str(settings.warehouse), read_only=True) as warehouse:
        due = warehouse.execute(
            "select distinct pay_period_id from payroll.int_payment_files_due order by pay_period_id"
        ).fetchall()
    paid = {row["pay_period_id"] for row in lake_rows(settings.lake, "payment_files", ["pay_period_id"])}
    return [pay_period_id for (pay_period_id,) in due if pay_period_id not in paid]


def _refuse_unreviewed(
    warehouse: duckdb.DuckDBPyConnection, pay_period_id: str, written_by: str, today: datetime.date
) -> None:
    (closed_by,) = warehouse.execute(
        "select closed_by from payroll.int_pay_periods_closed where pay_period_id = ?", [pay_period_id]
    ).fetchone()
    try:
        reviewers(warehouse, "payroll", pay_period_id, written_by, today, act="pay", uncounted=closed_by)
    except NotReviewedError as error:
        raise PayRefusedError(str(error)) from error


def _due_files(warehouse: duckdb.DuckDBPyConnection, pay_period_id: str) -> list[tuple[_Row, list[_Row]]]:
    """The files of the period that are due, with the account that pays each, and the parts of each."""
    files = _rows(
        warehouse.execute(
            """
            select *
            from payroll.int_payment_files_due
            inner join reference.paying_accounts using (currency, scheme)
            where pay_period_id = ?
            order by file_number
            """,
            [pay_period_id],
        )
    )
    parts = _rows(
        warehouse.execute(
            "select * from payroll.int_payment_file_parts where pay_period_id = ? order by payment_id",
            [pay_period_id],
        )
    )
    return [(file, [part for part in parts if part["file_number"] == file["file_number"]]) for file in files]


def _write(load: Load, file: _Row, parts: list[_Row], written_by: str) -> None:
    """Spool one file, its payments and its prenotes."""
    pay_period_id = file["pay_period_id"]
    if parts[0]["is_above_limit"]:
        raise PayRefusedError(
            f"a payment of {pay_period_id} is not below the largest total of one file: see max_amount in"
            " seeds/payroll/paying_accounts.csv"
        )
    try:
        content, traces, total = (_nacha if file["scheme"] == "nacha" else _sepa)(file, parts)
    except PaymentRefused as error:
        raise PayRefusedError(f"no file of {pay_period_id} is written: {error}") from error
    file_id = f"{load.id}-{file['file_number']}"
    load.write(
        "payment_files",
        [
            PaymentFile(
                payment_file_id=file_id,
                pay_period_id=pay_period_id,
                file_reference=file["file_reference"],
                file_name=file["file_name"],
                scheme=file["scheme"],
                currency=file["currency"],
                content=content.decode("utf-8"),
                written_by=written_by,
                payment_count=len(parts),
                amount_total=total,
                effective_on=file["effective_on"],
                written_at=load.at,
            )
        ],
    )
    load.write(
        "sent_prenotes",
        [
            SentPrenote(
                prenote_id=part["payment_id"],
                payment_file_id=file_id,
                pay_period_id=pay_period_id,
                employee_id=part["employee_id"],
                trace_number=traces[part["payment_id"]],
                priority=part["priority"],
                effective_on=file["effective_on"],
            )
            for part in parts
            if part["is_prenote"]
        ],
    )
    load.write(
        "paid_payments",
        [
            PaidPayment(
                payment_id=part["payment_id"],
                payment_file_id=file_id,
                file_reference=file["file_reference"],
                payslip_id=part["payslip_id"],
                pay_period_id=pay_period_id,
                employee_id=part["employee_id"],
                currency=part["currency"],
                trace_number=traces.get(part["payment_id"]),
                priority=part["priority"],
                attempt=part["attempt"],
                amount=part["amount"],
                effective_on=file["effective_on"],
            )
            for part in parts
            if not part["is_prenote"]
        ],
    )


def _nacha(file: _Row, parts: list[_Row]) -> tuple[bytes, dict[str, str], Decimal]:
    """The bytes of one file, its trace numbers by payment, and its total. Raises PaymentRefused."""
    originator = NachaOriginator(
        odfi_routing_number=file["routing_number"],
        immediate_destination=file["routing_number"],
        immediate_destination_name=file["bank_name"],
        immediate_origin=file["company_id"],
        immediate_origin_name=file["company_name"],
        company_id=file["company_id"],
        company_name=file["company_name"],
        company_discretionary_data=file["file_reference"],
    )
    _refuse_without(parts, "routing_number", "account_number", "account_kind")
    credits = [
        NachaCredit(
            payment_id=part["payment_id"],
            individual_id=part["payment_id"],
            name=part["name"],
            routing_number=part["routing_number"],
            account_number=part["account_number"],
            account_kind=part["account_kind"],
            amount=part["amount"],
            is_prenote=part["is_prenote"],
        )
        for part in parts
    ]
    written = write_nacha(
        originator,
        [NachaCredits(file["effective_on"], credits)],
        _created_at(file),
        file_id_modifier=file["file_modifier"],
        first_sequence=file["first_sequence"],
    )
    return written.content, written.trace_numbers, written.credit_total


def _sepa(file: _Row, parts: list[_Row]) -> tuple[bytes, dict[str, str], Decimal]:
    """The bytes of one message, no trace numbers, and its total. Raises PaymentRefused."""
    _refuse_without(parts, "iban")
    credits = [
        SepaCredit(
            payment_id=part["payment_id"],
            name=part["name"],
            iban=part["iban"],
            amount=part["amount"],
            bic=part["bic"],
        )
        for part in parts
    ]
    written = write_pain(
        SepaDebtor(name=file["company_name"], iban=file["iban"], bic=file["bic"]),
        credits,
        message_id=file["file_reference"],
        created_at=_created_at(file),
        execute_on=file["effective_on"],
    )
    return written.content, {}, written.credit_total


def _refuse_without(parts: list[_Row], *names: str) -> None:
    for part in parts:
        for name in names:
            if part[name] is None:
                raise PaymentRefused(part["payment_id"], name, "is missing in bank_details")


def _created_at(file: _Row) -> datetime.datetime:
    """The file's own date is its settlement date, so the same payments give the same bytes on any day."""
    return datetime.datetime.combine(file["effective_on"], datetime.time())


def _rows(result: duckdb.DuckDBPyConnection) -> list[_Row]:
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
