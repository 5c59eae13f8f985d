"""The matching rules on books of an independent generator: no match is wrong, and nearly all are found."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from dbt_runs import MODELS_ONLY, run_dbt, warehouse_of
from independent_books import generate_books

SIZE = 3_000
LEAST_SHARE = 0.99
JUDGED_MODELS = [
    *("+fct_reconciliation_items", "+fct_bank_statement_lines", "+int_journal_lines_classified"),
    "+int_ledger_items",
]

# Each item of the truth once, with the match the warehouse put it in. Equal lines of one account and day
# without a bank reference are told apart by their rank: they belong to one truth_match_id.
JUDGED = """
create temp table judged as
with truth as (
    select
        *,
        cast(amount as decimal(28, 5)) as value,
        row_number() over (
            partition by side, account_number, item_on, amount, bank_reference, entry_id, line_no
            order by truth_match_id
        ) as truth_rank
    from read_csv('{truth}', all_varchar = true)
),

lines as (
    select
        *,
        row_number() over (
            partition by account_id, booked_on, amount, bank_reference order by statement_line_id
        ) as line_rank
    from marts.fct_bank_statement_lines
),

found as (
    select
        truth.*,
        lines.statement_line_id as item_id
    from truth
    inner join lines
        on
            truth.account_number = lines.account_id
            and truth.bank_reference is not distinct from lines.bank_reference
            and truth.value = lines.amount
            and cast(truth.item_on as date) = lines.booked_on
            and truth.truth_rank = lines.line_rank
    where truth.side = 'bank'
    union all
    select
        truth.*,
        items.item_id
    from truth
    inner join intermediate.int_journal_lines_classified as journal
        on
            truth.entry_id = journal.entry_id
            and cast(truth.line_no as integer) = journal.line_no
            and journal.disposition = 'kept'
    inner join intermediate.int_ledger_items as items
        on
            journal.file_hash = items.file_hash
            and journal.line_number = items.line_number
    where truth.side = 'ledger'
),

joined as (
    select
        found.*,
        items.match_id,
        items.rule_code
    from found
    inner join marts.fct_reconciliation_items as items on found.item_id = items.item_id
)

select
    *,
    coalesce(
        expected = 'open'
        or min(truth_match_id) over (partition by match_id)
        <> max(truth_match_id) over (partition by match_id),
        false
    ) and match_id is not null as is_wrong
from joined
"""

BY_KIND = """
select
    kind,
    expected,
    count(distinct truth_match_id) as cases,
    count(distinct truth_match_id) - count(distinct truth_match_id) filter (match_id is null or is_wrong)
        as matched,
    count(distinct match_id) filter (is_wrong) as wrong,
    string_agg(distinct rule_code, ', ' order by rule_code) as rules
from judged
group by kind, expected
order by kind, expected
"""


@pytest.mark.parametrize("seed", [41, pytest.param(1848, marks=pytest.mark.more)])
def test_no_match_is_wrong_and_nearly_all_are_found(tmp_path: Path, seed: int) -> None:
    landing, truth = tmp_path / "landing", tmp_path / "truth.csv"
    generate_books(landing, truth, seed=seed, size=SIZE)
    run_dbt("build", *MODELS_ONLY, "--select", *JUDGED_MODELS, zone=tmp_path / "zone", landing=landing)
    with duckdb.connect(str(warehouse_of(tmp_path / "zone")), read_only=True) as connection:
        connection.execute(JUDGED.format(truth=truth))
        listed = connection.execute(f"select count(*) from read_csv('{truth}', all_varchar = true)")
        (expected_count,) = listed.fetchone()
        counts = connection.execute("select count(*), count(distinct item_id) from judged").fetchone()
        assert counts == (expected_count, expected_count), "an item of the truth is not in the warehouse"
        table = connection.execute(BY_KIND).fetchall()
    report = "\n".join(
        f"{kind:<32}{expected:<12}{cases:>6}{matched:>8}{wrong:>7}  {rules or ''}"
        for kind, expected, cases, matched, wrong, rules in table
    )
    automatic = [row for row in table if row[1] == "automatic"]
    share = sum(row[3] for row in automatic) / sum(row[2] for row in automatic)
    wrong_count = sum(row[4] for row in table)
    heading = f"seed {seed}: share matched {share:.4f}, wrong {wrong_count}"
    report = f"{heading}\n{'kind':<32}{'expected':<12}{'cases':>6}{'matched':>8}{'wrong':>7}  rules\n{report}"
    print(report)
    assert wrong_count == 0, report
    assert share >= LEAST_SHARE, report
