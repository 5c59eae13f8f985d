"""The plain-text summary that ends a build: what tied out, what did not, and where to look.

The warehouse is opened read-only; what it says of a night is asked of the marts where they have it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from orchestration.errors import TieoutError
from orchestration.lake.datasets.documents import is_text_read
from orchestration.lake.lock import open_when_free
from orchestration.outside import shown
from orchestration.settings import Settings


class NoWarehouseError(TieoutError):
    """There is no built warehouse to summarize."""


def summarize(warehouse: Path) -> str:
    """The summary of one warehouse, ready to print. Raises NoWarehouseError when it has not been built."""
    if not warehouse.exists():
        raise NoWarehouseError(f"no warehouse at {warehouse}: run `dbt build` first")
    with open_when_free(warehouse, Settings.from_environment().lock_timeout_seconds) as connection:
        try:
            return "\n".join(map(shown, _lines(connection, warehouse)))
        except duckdb.CatalogException as error:
            raise NoWarehouseError(f"{warehouse} has no marts yet: run `dbt build` first") from error


def _lines(connection: duckdb.DuckDBPyConnection, warehouse: Path) -> Iterator[str]:
    (as_of_on,) = _one(connection, "select max(as_of_on) from marts.fct_bank_reconciliations")
    yield f"Tieout as of {as_of_on or 'no business date yet: nothing has been collected'}"
    yield ""
    yield from _counts(connection)
    yield from _paper(connection)
    yield ""
    yield from _matches(connection)
    yield ""
    yield from _open_items(connection)
    yield from _breaks(connection)
    yield ""
    yield from _controls(connection, "Controls", "fct_control_totals")
    yield from _controls(connection, "Payroll", "fct_payroll_controls")
    yield from _batches(connection)
    yield ""
    yield f"Warehouse  {warehouse}"
    yield "Try next   make docs     the lineage and every column, in a browser"
    yield "           make ui       the same night as assets in Dagster"
    yield "           any DuckDB client on the warehouse: select * from marts.fct_bank_reconciliations"


def _counts(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    accounts, currencies = _one(
        connection, "select count(*), count(distinct currency) from marts.dim_accounts"
    )
    statements, proved, unknown = _one(
        connection,
        """
        select
            count(*),
            count(*) filter (where is_proved),
            count(*) filter (where opening_source = 'unknown')
        from marts.fct_bank_statements
        """,
    )
    (lines,) = _one(connection, "select count(*) from marts.fct_bank_statement_lines")
    files, duplicates, quarantined = _one(
        connection,
        """
        select
            count(*),
            count(*) filter (where file_status = 'duplicate'),
            count(*) filter (where file_status = 'quarantined')
        from staging.stg_collect__files
        """,
    )
    yield f"Files        {files:>8,}   {duplicates:,} delivered twice, {quarantined:,} quarantined"
    yield f"Accounts     {accounts:>8,}   in {currencies:,} currencies"
    broken = statements - proved - unknown
    yield (
        f"Statements   {statements:>8,}   {proved:,} proved, {broken:,} with a difference or a gap,"
        f" {unknown:,} without an opening balance to prove against"
    )
    yield f"Bank lines   {lines:>8,}"


def _paper(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    cheques, questions, documents, tied, unread, failed = _one(
        connection,
        """
        select
            (select count(*) from documents.fct_cheques),
            (select count(*) from documents.fct_cheques where status = 'in_question'),
            (select count(*) from documents.fct_documents),
            (select count(*) from documents.fct_documents where status = 'tied'),
            (select count(*) from documents.fct_documents where status = 'not_read'),
            (select count(*) from documents.fct_documents where text_fault is not null)
        """,
    )
    if cheques:
        yield f"Cheques      {cheques:>8,}   {questions:,} in question"
    if documents:
        yield (
            f"Documents    {documents:>8,}   {tied:,} tied, {unread:,} of which nothing is known"
            f"{f', {failed:,} whose text could not be read' if failed else ''}"
            f"{'' if is_text_read() else '; make documents installs what reads their text'}"
        )


def _matches(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    yield f"{'Matches by rule':<30}{'matches':>9}{'items':>9}"
    for rule_code, matches, items in connection.execute(
        """
        select
            rules.rule_code,
            count(matches.match_id),
            coalesce(sum(matches.bank_item_count + matches.ledger_item_count), 0)
        from reference.match_rules as rules
        inner join marts.fct_matches as matches on rules.rule_code = matches.rule_code
        group by rules.rule_code, rules.rule_number
        order by rules.rule_number
        """
    ).fetchall():
        yield f"  {rule_code:<28}{matches:>9,}{items:>9,}"


def _open_items(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    yield f"{'Open items':<22}{'bank':>9}{'ledger':>9}"
    for name, bank, ledger in connection.execute(
        """
        select
            accounts.account_name || ', ' || accounts.currency,
            count(items.item_id) filter (where items.side = 'bank'),
            count(items.item_id) filter (where items.side = 'ledger')
        from marts.dim_accounts as accounts
        left join marts.fct_reconciliation_items as items
            on accounts.account_id = items.account_id and items.status = 'open'
        group by accounts.account_id, accounts.account_name, accounts.currency
        order by accounts.account_name, accounts.account_id
        """
    ).fetchall():
        yield f"  {name[:36]:<20}{bank:>9,}{ledger:>9,}"


def _breaks(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    breaks, suggestions, last_closed_on = _one(
        connection,
        """
        select
            (select count(*) from marts.fct_reconciliation_items where is_break),
            (select count(distinct suggestion_id) from marts.fct_match_suggestions),
            (select max(closed_on) from intermediate.int_closes_valid)
        """,
    )
    yield f"Breaks       {breaks:>8,}   open past their expected date"
    yield f"Suggestions  {suggestions:>8,}   likely matches, not posted"
    yield (
        f"Closed                up to {last_closed_on}"
        if last_closed_on
        else "Closed              nothing yet"
    )


def _controls(connection: duckdb.DuckDBPyConnection, title: str, mart: str, limit: int = 12) -> Iterator[str]:
    total, red = _one(
        connection, f"select count(*), count(*) filter (where status = 'red') from marts.{mart}"
    )
    if not total:
        return
    yield f"{title:<13}{total:>8,}   {total - red:,} green, {red:,} red"
    rows = connection.execute(
        f"""
        select control_code, scope, business_date, explanation, coalesce(currency, measure), expected, actual
        from marts.{mart}
        where status = 'red'
        order by control_code, business_date, scope, measure
        """
    ).fetchmany(limit)
    for control_code, scope, business_date, explanation, unit, expected, actual in rows:
        yield f"  red  {control_code}  {business_date}  {scope}"
        yield f"       {explanation}: expected {_number(expected)}, actual {_number(actual)} {unit}"
    if red > limit:
        yield f"  and {red - limit:,} more: select * from marts.{mart} where status = 'red'"


def _batches(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    batches, failed = _one(
        connection,
        """
        select
            count(*),
            count(*) filter (where status in ('failed', 'killed'))
        from operations.fct_batch_runs
        where is_last_attempt
        """,
    )
    (gaps,) = _one(connection, "select count(*) from operations.fct_batch_gaps")
    yield f"Batches      {batches:>8,}   {failed:,} failed, {gaps:,} gaps"


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple:
    return connection.execute(query).fetchone() or ()


def _number(value: object) -> str:
    return "nothing" if value is None else f"{value:,.2f}"
