"""Suggestions alone, on linked payments of seeds that the shipped weights never saw, against the truth."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from dbt_runs import MODELS_ONLY, run_dbt, warehouse_of
from linked_payments import Payment, linked_payments, write_landing

from orchestration.training import TrainingError, train
from orchestration.training.weights import FEATURES

PAYMENTS = 4000
UNSEEN_SEED = 1011
# Every item is open, as if no pass had run. Cleaned by month: 130 daily batches cost more than the rest.
ALONE = ["--vars", "{suggestion_pool: int_items_pool, batch_grain: month}"]
SUGGESTED = """
    select
        bank.item_on, cast(bank.amount * 100 as bigint), bank.memo,
        ledger.item_on, cast(ledger.amount * 100 as bigint), ledger.memo
    from marts.fct_match_suggestions as suggestions
    inner join intermediate.int_items_pool as bank on suggestions.bank_item_id = bank.item_id
    inner join intermediate.int_items_pool as ledger on suggestions.ledger_item_id = ledger.item_id
"""


@pytest.fixture(scope="module")
def payments() -> list[Payment]:
    return linked_payments(PAYMENTS, UNSEEN_SEED)


@pytest.fixture(scope="module")
def warehouse(payments: list[Payment], tmp_path_factory: pytest.TempPathFactory) -> Path:
    zone = tmp_path_factory.mktemp("suggestions")
    write_landing(payments, zone / "landing")
    run_dbt(
        "build",
        *MODELS_ONLY,
        *ALONE,
        "--select",
        "+fct_match_suggestions",
        zone=zone,
        landing=zone / "landing",
    )
    return warehouse_of(zone)


def test_suggestions_find_the_pairs_and_hardly_any_other(payments: list[Payment], warehouse: Path) -> None:
    truth = {
        _pair(each.arrived_on, each.arrived, each.arrived_memo, each.sent_on, each.sent, each.sent_memo)
        for each in payments
    }
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        suggested = [_pair(*row) for row in connection.execute(SUGGESTED).fetchall()]
    right = sum(pair in truth for pair in suggested)
    precision = right / len(suggested)
    recall = right / PAYMENTS
    assert precision >= 0.995, (precision, recall)
    assert 2 * precision * recall / (precision + recall) >= 0.955, (precision, recall)


def test_a_suggestion_says_what_speaks_for_it(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        unsaid = connection.execute(
            "select count(*) from marts.fct_match_suggestions where evidence_for = ''"
        ).fetchone()
    assert unsaid == (0,)


def _pair(*parts: object) -> tuple[object, ...]:
    return tuple(_words(part) if isinstance(part, str) else part for part in parts)


def _words(text: str) -> str:
    return " ".join(text.split())


def test_few_pairs_train_no_weights(tmp_path: Path) -> None:
    path = tmp_path / "few.duckdb"
    with duckdb.connect(str(path)) as warehouse:
        warehouse.execute("create schema intermediate")
        levels = ", ".join(f"'from_0' as {feature}_level" for feature in FEATURES)
        warehouse.execute(
            "create table intermediate.int_suggestion_features as"
            f" select range as bank_item_id, range as ledger_item_id, {levels} from range(7)"
        )
    with pytest.raises(TrainingError, match="hold 7 candidate pairs, and weights need 1000"):
        train([path])
