"""What match_rules can call a difference is known wherever a difference goes."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.settings import PROJECT_DIR

REFERENCE = PROJECT_DIR / "seeds" / "reference"
MARTS = PROJECT_DIR / "models" / "marts"
# Nobody books the difference of an opening, which cheques that were outstanding clear; and where digits were
# exchanged, the entry itself is to be corrected.
NEVER_PROPOSED = {"opening_difference", "digits_exchanged"}
# What a person accepted may be anything, so no account is proposed for it.
WITHOUT_ACCOUNT = {"decided"}


def seed_rows(name: str) -> list[dict[str, str]]:
    """The rows of a seed."""
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def accepted(path: Path, relation: str, column: str) -> set[str]:
    """The values that the YAML of a relation accepts in a column."""
    properties = yaml.safe_load(path.read_text(encoding="utf-8"))
    relations: list[dict[str, Any]] = properties.get("models") or properties["seeds"]
    (tests,) = [each["data_tests"] for each in relations if each["name"] == relation]
    (arguments,) = [test["rows_conform"]["arguments"] for test in tests if "rows_conform" in test]
    return set(arguments["accepted_values"][column])


KINDS = {rule["difference_kind"] for rule in seed_rows("match_rules")} - {""} | {"decided"}
SEEDS = REFERENCE / "__seeds.yml"


def test_a_rule_gives_what_a_rule_may_give() -> None:
    assert accepted(SEEDS, "match_rules", "difference_kind") | {"decided"} == KINDS


def test_a_match_may_have_every_kind_of_difference() -> None:
    assert accepted(MARTS / "reconciliation" / "fct_matches.yml", "fct_matches", "difference_kind") == KINDS


@pytest.mark.parametrize(
    ("path", "relation"),
    [
        (SEEDS, "proposed_accounts"),
        (MARTS / "reports" / "fct_proposed_journal_entries.yml", "fct_proposed_journal_entries"),
    ],
    ids=["proposed_accounts", "fct_proposed_journal_entries"],
)
def test_an_entry_may_be_proposed_for_every_difference(path: Path, relation: str) -> None:
    assert accepted(path, relation, "purpose") >= KINDS - NEVER_PROPOSED


def test_every_proposed_difference_has_its_accounts() -> None:
    accounts = seed_rows("proposed_accounts")
    currencies = {row["currency"] for row in accounts}
    missing = {
        (kind, currency)
        for kind in KINDS - NEVER_PROPOSED - WITHOUT_ACCOUNT
        for currency in currencies
        if not any(row["purpose"] == kind and row["currency"] in (currency, "*") for row in accounts)
    }
    assert missing == set()
