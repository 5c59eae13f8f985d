"""Candidate pairs of built warehouses, and which of them belong together as decisions and matches say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration.errors import TieoutError
from orchestration.training.weights import FEATURES

# From fewer labelled pairs the weights would be those of chance.
LEAST_PAIRS = 200
# One bank item of five is held back to measure on.
HELD_OF = 5


class TrainingError(TieoutError):
    """The weights cannot be learned; the message says why."""


def load_pairs(connection: duckdb.DuckDBPyConnection, warehouses: Sequence[Path]) -> None:
    """Create tables pairs (levels, is_true, is_held) and truth (pairs that belong together, is_held).

    is_true is null where nobody knows: both items are open, or one match joins the two with others. A
    warehouse with a table truth (bank_item_id, ledger_item_id) is labelled by it instead of by its matches.
    Raises TrainingError with fewer than LEAST_PAIRS labelled pairs."""
    columns = ", ".join(
        f"features.{column}"
        for column in (
            "bank_item_id",
            "ledger_item_id",
            "account_id",
            "currency",
            "pool_items",
            *(f"{feature}_level" for feature in FEATURES),
        )
    )
    pairs, truth = [], []
    for place, warehouse in enumerate(warehouses):
        connection.execute(f"attach '{warehouse}' as w{place} (read_only)")
        (is_told,) = connection.execute(
            "select count(*) > 0 from duckdb_tables()"
            " where database_name = ? and schema_name = 'main' and table_name = 'truth'",
            [f"w{place}"],
        ).fetchone()
        features = f"w{place}.intermediate.int_suggestion_features as features"
        if is_told:
            truth.append(f"select {place} as book, bank_item_id, ledger_item_id from w{place}.truth")
            pairs.append(
                f"select {place} as book, {columns},"
                " truth.bank_item_id is not null as is_true"
                f" from {features} left join w{place}.truth using (bank_item_id, ledger_item_id)"
            )
            continue
        connection.execute(
            f"create table matched{place} as select items.item_id, items.side, items.match_id,"
            " matches.cardinality = '1:1' as is_pair"
            f" from w{place}.marts.fct_reconciliation_items as items"
            f" inner join w{place}.marts.fct_matches as matches using (match_id)"
        )
        truth.append(
            f"select {place} as book, bank.item_id as bank_item_id, ledger.item_id as ledger_item_id"
            f" from matched{place} as bank inner join matched{place} as ledger using (match_id)"
            " where bank.side = 'bank' and ledger.side = 'ledger' and bank.is_pair"
        )
        pairs.append(
            f"select {place} as book, {columns},"
            " case when bank.match_id = ledger.match_id then case when bank.is_pair then true end"
            " when bank.match_id is not null or ledger.match_id is not null then false end as is_true"
            f" from {features}"
            f" left join matched{place} as bank on features.bank_item_id = bank.item_id"
            f" left join matched{place} as ledger on features.ledger_item_id = ledger.item_id"
        )
    held = f"('0x' || left(md5(bank_item_id), 8))::bigint % {HELD_OF} = 0 as is_held"
    connection.execute(
        f"create table pairs as select *, {held}, dense_rank() over (order by book, bank_item_id) as"
        f" bank_key,"
        f" dense_rank() over (order by book, ledger_item_id) as ledger_key from ({' union all '.join(pairs)})"
    )
    connection.execute(f"create table truth as select *, {held} from ({' union all '.join(truth)})")
    known, true = connection.execute(
        "select count(is_true), count(*) filter (where is_true) from pairs"
    ).fetchone()
    if true < LEAST_PAIRS or known == true:
        raise TrainingError(
            f"{true} candidate pairs are matched and {known - true} are known not to belong together;"
            f" weights need"
            f" {LEAST_PAIRS} and some: name more warehouses, built with --vars '{{suggestion_pool:"
            f" int_items_pool}}'"
            " so that matched items are candidates too"
        )
