"""The reports on the demo company, against what was planted in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from dbt_runs import warehouse_of

from orchestration.settings import PROJECT_DIR

PLANTED = PROJECT_DIR / "tests" / "planted" / "truth" / "planted.csv"


@pytest.fixture(scope="module")
def marts(demo_zone: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The demo company, with the planted facts as a table."""
    with duckdb.connect(str(warehouse_of(demo_zone)), read_only=True) as connection:
        connection.execute(
            f"""
            create temp table planted as
            select
                * replace (cast(amount as decimal(28, 5)) as amount, cast(item_on as date) as item_on),
                upper(regexp_replace(account_number, '[^A-Za-z0-9]', '', 'g')) as account_id
            from read_csv('{PLANTED}', all_varchar = true)
            """
        )
        yield connection


def missing(marts: duckdb.DuckDBPyConnection, kind: str, found: str) -> list[tuple]:
    """The planted facts of a kind that a query over the alias `planted` does not find."""
    (count,) = marts.execute("select count(*) from planted where kind = ?", [kind]).fetchone()
    assert count > 0
    return marts.execute(
        f"select account_id, item_on, amount from planted where kind = ? and not exists ({found})", [kind]
    ).fetchall()


@pytest.mark.parametrize(
    ("kind", "purpose", "role"),
    [
        ("bank_fee_not_booked", "bank_charge", "Bank fees%"),
        ("interest_not_booked", "bank_interest", "Interest income%"),
        ("own_transfer_not_booked", "own_transfer", "Money in transit%"),
    ],
)
def test_what_nobody_booked_has_a_balanced_entry(
    marts: duckdb.DuckDBPyConnection, kind: str, purpose: str, role: str
) -> None:
    balanced = f"""
    select 1
    from marts.fct_reconciliation_items as items
    inner join marts.fct_proposed_journal_entries as cash on items.item_id = cash.item_id
    inner join marts.dim_accounts as accounts on cash.gl_account = accounts.gl_account
    inner join marts.fct_proposed_journal_entries as other
        on cash.proposed_entry_id = other.proposed_entry_id and cash.entry_side <> other.entry_side
    inner join staging.stg_ledger__accounts as chart
        on other.gl_account = chart.gl_account and chart.account_name like '{role}'
    where
        items.side = 'bank'
        and items.account_id = planted.account_id
        and accounts.account_id = planted.account_id
        and items.amount = planted.amount
        and items.item_on = planted.item_on
        and cash.purpose = '{purpose}'
        and cash.amount = planted.amount
        and other.amount = -planted.amount
        and chart.currency = planted.currency
    """
    assert missing(marts, kind, balanced) == []


@pytest.mark.parametrize(
    ("kind", "purpose"),
    [
        ("fee_deducted", "fee"),
        ("short_payment", "short_payment"),
        ("fx_payment", "exchange_difference"),
    ],
)
def test_the_difference_of_a_match_has_a_balanced_entry(
    marts: duckdb.DuckDBPyConnection, kind: str, purpose: str
) -> None:
    of_match = f"""
    select 1
    from marts.fct_reconciliation_items as items
    inner join marts.fct_matches as matches on items.match_id = matches.match_id
    inner join marts.fct_proposed_journal_entries as cash
        on matches.account_id = cash.account_id and matches.difference = cash.amount
    inner join marts.fct_proposed_journal_entries as other
        on cash.proposed_entry_id = other.proposed_entry_id and cash.amount = -other.amount
    inner join marts.fct_reconciliation_items as differences
        on cash.item_id = differences.item_id and differences.item_kind = 'match_difference'
    inner join marts.dim_accounts as accounts
        on cash.account_id = accounts.account_id and cash.gl_account = accounts.gl_account
    where
        items.account_id = planted.account_id
        and items.amount = planted.amount
        and items.item_on = planted.item_on
        and cash.purpose = '{purpose}'
        and other.gl_account is not null
    """
    assert missing(marts, kind, of_match) == []


@pytest.mark.parametrize("kind", ["duplicate_booking", "duplicate_bank_line"])
def test_planted_duplicates_are_listed_beside_the_first(marts: duckdb.DuckDBPyConnection, kind: str) -> None:
    listed = """
    select 1
    from marts.fct_duplicate_items as duplicates
    where
        duplicates.side = planted.side
        and duplicates.account_id = planted.account_id
        and duplicates.amount = planted.amount
        and planted.item_on in (duplicates.item_on, duplicates.first_item_on)
        and duplicates.reference = duplicates.first_reference
        and not duplicates.is_marked
    """
    assert missing(marts, kind, listed) == []


def test_the_planted_gap_is_the_only_one(marts: duckdb.DuckDBPyConnection) -> None:
    gaps = marts.execute(
        """
        select gaps.account_id, gaps.amount, gaps.from_on, gaps.to_on, later.period_end_on
        from marts.fct_statement_gaps as gaps
        inner join marts.fct_bank_statements as later on gaps.statement_id_after = later.statement_id
        """
    ).fetchall()
    planted = marts.execute(
        """
        select corrupt.account_id, gap.amount, corrupt.item_on, corrupt.item_on, gap.item_on
        from planted as corrupt
        cross join planted as gap
        where corrupt.kind = 'corrupt_file' and gap.kind = 'balance_gap'
        """
    ).fetchall()
    assert gaps == planted
    assert len(planted) == 1


@pytest.mark.parametrize(
    ("kind", "is_booked"),
    [
        ("own_transfer", True),
        ("own_transfer_without_reference", True),
        ("own_transfer_not_booked", False),
    ],
)
def test_planted_transfers_have_both_legs(
    marts: duckdb.DuckDBPyConnection, kind: str, is_booked: bool
) -> None:
    legs = f"""
    select 1
    from marts.fct_own_transfers as transfers
    where
        transfers.amount = abs(planted.amount)
        and transfers.is_booked = {is_booked}
        and (
            planted.amount < 0
            and planted.item_on = transfers.left_on
            and planted.account_id = transfers.from_account_id
            or planted.amount > 0
            and planted.item_on = transfers.arrived_on
            and planted.account_id = transfers.to_account_id
        )
    """
    without = missing(marts, kind, legs)
    on_their_way = marts.execute(
        """
        select departures.account_id, departures.item_on, departures.amount
        from planted as departures
        where
            departures.kind = ?
            and departures.amount < 0
            and not exists (
                select 1
                from planted as arrivals
                where
                    arrivals.amount = -departures.amount
                    and (
                        arrivals.description = departures.description
                        or contains(arrivals.description, departures.bank_reference)
                    )
            )
        """,
        [kind],
    ).fetchall()
    assert without == on_their_way


def test_no_transfer_is_invented(marts: duckdb.DuckDBPyConnection) -> None:
    (found, planted) = marts.execute(
        """
        select
            (select count(*) from marts.fct_own_transfers),
            (select count(*) from planted where kind like 'own_transfer%' and amount > 0)
        """
    ).fetchone()
    assert found == planted


def test_the_trail_the_ages_and_the_statistics_hold_every_match_and_item(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    matches, items, open_items = marts.execute(
        """
        select
            (select count(*) from marts.fct_matches),
            count(*),
            count(*) filter (where match_id is null)
        from marts.fct_reconciliation_items
        """
    ).fetchone()
    assert marts.execute(
        """
        select
            (
                select count(*) from marts.fct_audit_trail as trail
                inner join marts.fct_matches as matches
                    on trail.subject_id = matches.match_id and trail.actor = matches.rule_code
                where trail.event_kind = 'match_made' and trail.event_on = matches.cleared_on
            ),
            (select sum(item_count) from marts.fct_ageing)
        """
    ).fetchone() == (matches, open_items)
    assert marts.execute(
        """
        select
            period_grain,
            sum(item_count) filter (where rule_code = 'all'),
            sum(item_count) filter (where rule_code <> 'all'),
            sum(item_count) filter (where rule_code = 'open'),
            sum(matched_item_count) filter (where rule_code = 'all')
        from marts.fct_match_statistics
        group by period_grain
        order by period_grain
        """
    ).fetchall() == [(grain, items, items, open_items, items - open_items) for grain in ("month", "week")]
