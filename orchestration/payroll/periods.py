"""Closing a pay period and paying it. Both write facts to the lake, once; the figures are the models'.

A period closes when nothing of it is in question. Its payment files are written from what was closed, and
their bytes stand in the lake before they stand in the folder, so a kill between the two loses nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from orchestration.collect import collect
from orchestration.collect.catalog import read_catalog
from orchestration.collect.lake import append, lake_rows, new_work_folder, recover
from orchestration.collect.lock import lake_lock
from orchestration.collect.rows import DATASETS, LINEAGE, PaidPayment, PaymentFile, PayrollClose, SentPrenote
from orchestration.collect.run import utc_now
from orchestration.collect.spool import Spool, with_lineage
from orchestration.dbt_process import UNTESTED, BuildFailedError, run_dbt
from orchestration.payroll.nacha import NachaCredit, NachaCredits, NachaOriginator, write_nacha
from orchestration.payroll.pain import SepaCredit, SepaDebtor, write_pain
from orchestration.payroll.payment_rows import PaymentRefused, banking_day
from orchestration.settings import Settings

_ROWS_PER_BATCH = 100_000
_SHOWN = 20
_SCHEME_CALENDARS = {"nacha": "US", "sepa": "TARGET"}
_CLOSED_MODELS = {
    "closed_payslips": "payroll.int_payslips_in_force",
    "closed_payslip_lines": "payroll.int_payslip_lines_in_force",
}


class PayRefusedError(Exception):
    """The period cannot be closed or paid. The message says why and what to do, and names nobody."""


class WrittenFile(NamedTuple):
    """A payment file in the payments folder."""

    path: Path
    payment_count: int
    amount_total: Any
    currency: str


def close_period(
    settings: Settings,
    pay_period_id: str,
    closed_by: str,
    *,
    clock: Callable[[], datetime.datetime] = utc_now,
) -> PayrollClose:
    """Collect, calculate, and freeze the payslips of the period.

    Raises PayRefusedError when the period is unknown or closed, or when something of it is in question that
    no decision accepts; and whatever collect raises.
    """
    with _built(
        settings, ["+int_payslip_lines_in_force", "+int_payslips_in_force", "+int_period_questions"]
    ) as warehouse:
        _period(warehouse, pay_period_id)
        if _is_closed(warehouse, pay_period_id):
            raise PayRefusedError(
                f"{pay_period_id} is closed already. What changed since is paid in the first open period"
            )
        note = _accepted_or_refuse(warehouse, pay_period_id)
        with lake_lock(settings.lake, settings.lock_timeout_seconds):
            load = _Load(settings, clock())
            for dataset, model in _CLOSED_MODELS.items():
                load.copy(warehouse, dataset, model, pay_period_id)
            (net_total,) = warehouse.execute(
                "select coalesce(sum(net_amount), 0) from payroll.int_payslips_in_force"
                " where pay_period_id = ?",
                [pay_period_id],
            ).fetchone()
            row = PayrollClose(
                load.load_id,
                pay_period_id,
                closed_by,
                note,
                load.spool.rows["closed_payslips"],
                load.spool.rows["closed_payslip_lines"],
                net_total,
                load.at,
            )
            load.spool.write_rows("payroll_closes", [row], None, load.load_id)
            load.append()
    return row


def ended_open_periods(settings: Settings, today: datetime.date) -> list[str]:
    """The pay periods that ended before a day and are open, oldest first, as the warehouse has them.

    Those without a payslip are not among them: there is nothing to pay.
    """
    if not settings.warehouse.exists():
        return []
    with duckdb.connect(str(settings.warehouse), read_only=True) as warehouse:
        rows = warehouse.execute(
            """
            select periods.pay_period_id
            from payroll.int_pay_periods as periods
            left join payroll.int_pay_periods_closed as closed
                on periods.pay_period_id = closed.pay_period_id
            where
                periods.ends_before_on <= ?
                and closed.pay_period_id is null
                and periods.pay_period_id in (select pay_period_id from payroll.int_payslips)
            order by periods.ends_before_on, periods.pay_period_id
            """,
            [today],
        ).fetchall()
    return [pay_period_id for (pay_period_id,) in rows]


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
    with _built(settings, ["+int_payment_file_parts", "bank_holidays"]) as warehouse:
        _, paid_on = _period(warehouse, pay_period_id)
        if not _is_closed(warehouse, pay_period_id):
            raise PayRefusedError(
                f"{pay_period_id} is open: close it first with `tieout close-period {pay_period_id}`"
            )
        with lake_lock(settings.lake, settings.lock_timeout_seconds):
            load = _Load(settings, clock())
            if not _write(warehouse, settings, load, pay_period_id, paid_on, written_by):
                raise PayRefusedError(
                    f"nothing of {pay_period_id} is due: it is paid already."
                    f" `tieout pay {pay_period_id} --again` gives the same files again, byte for byte."
                    " A payment that came back is paid after a decision `reissue` with its payment_id in"
                    " landing/decisions/"
                )
            load.append()
    return put_files(settings, pay_period_id, load.load_id)


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


class _Load:
    """One append to the lake, under its lock."""

    def __init__(self, settings: Settings, at: datetime.datetime) -> None:
        recover(settings.lake)
        self.at = at
        self._lake = settings.lake
        self.load_id = read_catalog(settings.lake).next_load_id(at)
        self._folder = new_work_folder(settings.lake, self.load_id)
        self.spool = Spool(self._folder / "spool")

    def copy(
        self, warehouse: duckdb.DuckDBPyConnection, dataset: str, model: str, pay_period_id: str
    ) -> None:
        """Spool the period's rows of a model."""
        schema = DATASETS[dataset]
        columns = ", ".join(schema.names[: -len(LINEAGE)])
        rows = warehouse.execute(f"select {columns} from {model} where pay_period_id = ?", [pay_period_id])
        for batch in rows.to_arrow_reader(_ROWS_PER_BATCH):
            cast = [column.cast(field.type) for column, field in zip(batch.columns, schema, strict=False)]
            self.spool.write(dataset, with_lineage(dataset, cast, batch.num_rows, None, self.load_id))

    def append(self) -> None:
        """Make the rows part of the lake."""
        append(self._lake, self._folder, self.spool)


def _built(settings: Settings, models: Sequence[str]) -> duckdb.DuckDBPyConnection:
    """The warehouse, for reading, once the models are built over what has landed."""
    collect(settings)
    try:
        run_dbt(["build", *UNTESTED, "--select", *models])
    except BuildFailedError as error:
        raise PayRefusedError(str(error)) from error
    return duckdb.connect(str(settings.warehouse), read_only=True)


def _period(warehouse: duckdb.DuckDBPyConnection, pay_period_id: str) -> tuple[str, datetime.date]:
    row = warehouse.execute(
        "select pay_group, paid_on from payroll.int_pay_periods where pay_period_id = ?", [pay_period_id]
    ).fetchone()
    if row is None:
        known = warehouse.execute(
            "select pay_period_id from payroll.int_pay_periods order by paid_on desc limit 5"
        ).fetchall()
        raise PayRefusedError(
            f"there is no pay period {pay_period_id!r}. The latest are"
            f" {', '.join(name for (name,) in known) or 'none'}"
        )
    return row


def _is_closed(warehouse: duckdb.DuckDBPyConnection, pay_period_id: str) -> bool:
    found = warehouse.execute(
        "select 1 from payroll.int_pay_periods_closed where pay_period_id = ?", [pay_period_id]
    ).fetchone()
    return found is not None


def _accepted_or_refuse(warehouse: duckdb.DuckDBPyConnection, pay_period_id: str) -> str | None:
    questions = warehouse.execute(
        """
        select question_id, question, is_accepted from payroll.int_period_questions
        where pay_period_id = ? order by question_id
        """,
        [pay_period_id],
    ).fetchall()
    refused = [(question_id, question) for question_id, question, is_accepted in questions if not is_accepted]
    if refused:
        lines = [f"  {question_id}  {question}" for question_id, question in refused[:_SHOWN]]
        if len(refused) > _SHOWN:
            lines.append(f"  and {len(refused) - _SHOWN} more")
        raise PayRefusedError(
            "\n".join(
                [
                    f"{pay_period_id} stays open: {len(refused)} questions are not answered.",
                    *lines,
                    "Deliver what is missing, or accept one with a decision `accept` whose subject is its id,"
                    " as a row of a CSV file in landing/decisions/",
                ]
            )
        )
    return f"{len(questions)} questions accepted" if questions else None


def _write(
    warehouse: duckdb.DuckDBPyConnection,
    settings: Settings,
    load: _Load,
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
        file_id = f"{load.load_id}-{number}"
        load.spool.write_rows(
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
            None,
            load.load_id,
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
        if prenotes:
            load.spool.write_rows("sent_prenotes", prenotes, None, load.load_id)
        load.spool.write_rows(
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
            None,
            load.load_id,
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
