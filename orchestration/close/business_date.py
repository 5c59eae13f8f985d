"""Closing a business date: what counts up to it becomes a fact of the lake, once the controls allow it.

The rows come from the models int_closable_items, int_closable_matches and int_closable_balances, built as of
the date.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable

import duckdb

from orchestration.close.review import NotReviewedError, reviewers
from orchestration.collect import collect
from orchestration.errors import TieoutError
from orchestration.lake.datasets import Close
from orchestration.lake.load import open_load, utc_now
from orchestration.lake.lock import held_by, open_when_free
from orchestration.settings import Settings
from orchestration.warehouse.closes import RecordedClose, last_closed_on, recorded_closes
from orchestration.warehouse.controls import acceptance, red_controls, refusal
from orchestration.warehouse.dbt_process import UNTESTED, BuildFailedError, build_arguments, run_dbt

_MODELS = {
    "closed_items": "intermediate.int_closable_items",
    "closed_matches": "intermediate.int_closable_matches",
    "closed_balances": "intermediate.int_closable_balances",
}


class CloseRefusedError(TieoutError):
    """The date cannot be closed. The message says why and what to do."""


class CloseWaitsError(CloseRefusedError, TieoutError):
    """The date could be closed, and waits for its reviewer."""


def close(
    settings: Settings,
    closed_on: datetime.date,
    closed_by: str,
    *,
    clock: Callable[[], datetime.datetime] = utc_now,
) -> Close:
    """Collect, build and test the bank as of the date, and freeze what counts up to it.

    The warehouse is left as of the date; the next build brings it up to date. clock: gives the time, in UTC.
    Raises CloseRefusedError, and whatever collect raises; what was collected stays in the lake.
    """
    collect(settings)
    if not _looks_open(settings, closed_on):
        # What landed since the last build may open or reach it, so that much is built before the refusal.
        _build(closed_on, ["build", *UNTESTED, "--select", "+int_closes_valid", "+dim_accounts"])
        with _warehouse(settings) as warehouse:
            _refuse_unless_open(settings, warehouse, closed_on)
    _build(closed_on, build_arguments("bank", is_tested=settings.data_tests))
    return freeze(settings, closed_on, closed_by, clock=clock)


def freeze(
    settings: Settings,
    closed_on: datetime.date,
    closed_by: str,
    *,
    clock: Callable[[], datetime.datetime] = utc_now,
) -> Close:
    """Freeze what counts up to a date in a warehouse that was built and tested as of it.

    Raises CloseRefusedError, also when the warehouse was built as of another date, and CloseWaitsError.
    """
    with _warehouse(settings) as warehouse:
        _refuse_unless_open(settings, warehouse, closed_on)
        (as_of_on,) = warehouse.execute("select as_of_on from intermediate.int_as_of_date").fetchone()
        if as_of_on != closed_on:
            raise CloseRefusedError(
                f"{closed_on} stays open: the warehouse was built as of {as_of_on}."
                f" `tieout close {closed_on}` builds it as of the date first"
            )
        note = _accepted_or_refuse(warehouse, closed_on)
        try:
            reviewed_by = reviewers(warehouse, "bank", closed_on.isoformat(), closed_by, clock().date())
        except NotReviewedError as error:
            raise CloseWaitsError(str(error)) from error
        with open_load(settings, clock) as load:
            for dataset, model in _MODELS.items():
                load.copy(warehouse, dataset, model)
            (match_count,) = warehouse.execute(
                "select count(distinct match_id) from intermediate.int_closable_matches"
                " where undone_on is null"
            ).fetchone()
            item_count = load.spool.rows["closed_items"]
            row = Close(
                load.id,
                closed_on,
                closed_by,
                load.at,
                item_count,
                match_count,
                note,
                reviewed_by,
                load.chain_head,
            )
            load.write("closes", [row])
    return row


def last_closed_date(settings: Settings) -> datetime.date | None:
    """The last date whose close stands. Every date before it is closed too."""
    with _warehouse(settings) as warehouse:
        return last_closed_on(settings.lake, warehouse)


def list_closes(settings: Settings) -> list[RecordedClose]:
    """Every close as it was made. Raises CloseRefusedError when there is no warehouse to know what stands."""
    if not settings.warehouse.exists():
        raise CloseRefusedError(f"no warehouse at {settings.warehouse}: run `dbt build` first")
    with _warehouse(settings) as warehouse:
        return recorded_closes(settings.lake, warehouse)


def _warehouse(settings: Settings) -> duckdb.DuckDBPyConnection:
    return open_when_free(settings.warehouse, settings.lock_timeout_seconds)


def _build(closed_on: datetime.date, arguments: list[str]) -> None:
    try:
        run_dbt(arguments, closed_on.isoformat())
    except BuildFailedError as error:
        raise CloseRefusedError(f"{closed_on} stays open: {error}") from error


def _looks_open(settings: Settings, closed_on: datetime.date) -> bool:
    """Whether the date could be closed by what the warehouse knew when it was built last."""
    if not settings.warehouse.exists():
        return False
    try:
        with _warehouse(settings) as warehouse:
            _refuse_unless_open(settings, warehouse, closed_on)
    except CloseRefusedError:
        return False
    except duckdb.Error as error:
        if held_by(error):
            raise
        return False
    return True


def _refuse_unless_open(
    settings: Settings, warehouse: duckdb.DuckDBPyConnection, closed_on: datetime.date
) -> None:
    last_closed = last_closed_on(settings.lake, warehouse)
    (last_covered_on,) = warehouse.execute("select max(last_statement_on) from marts.dim_accounts").fetchone()
    if last_closed is not None and closed_on <= last_closed:
        raise CloseRefusedError(
            f"{closed_on} is closed already: {last_closed} is the last closed date. To open it again,"
            f" deliver a decision reopen with subject {closed_on} in landing/decisions/"
        )
    if last_covered_on is None or closed_on > last_covered_on:
        raise CloseRefusedError(
            f"{closed_on} cannot be closed yet: the statements delivered so far end on"
            f" {last_covered_on or 'no date'}"
        )


def _accepted_or_refuse(warehouse: duckdb.DuckDBPyConnection, closed_on: datetime.date) -> str | None:
    red = red_controls(warehouse, "close", closed_on)
    refused = refusal(f"{closed_on} stays open", red)
    if refused:
        raise CloseRefusedError(refused)
    return acceptance(red)
