"""What a person accepts, approves and withdraws, as files that are collected and built: it holds as far as its
author saw, and no further."""

from __future__ import annotations

import csv
import datetime
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from dbt_runs import MODELS_ONLY, run_dbt, warehouse_of
from independent_books import generate_books

from orchestration.close.business_date import CloseRefusedError, freeze
from orchestration.settings import Settings
from orchestration.warehouse.controls import red_controls, refusal

BUILT = [
    "--select",
    "+fct_control_totals",
    "+fct_decisions",
    "+fct_reconciliation_items",
    "+int_closable_items",
]
BUILT += ["+int_closable_matches", "+int_closable_balances"]
COLUMNS = "decision_id,decision,subjects,reason,decided_by,decided_at,until_on,difference,unit"


class Company:
    """Generated books with one journal entry that does not balance, and a folder for decisions."""

    def __init__(self, folder: Path) -> None:
        self.landing = folder / "landing"
        self.zone = folder / "zone"
        self.number = 0
        generate_books(self.landing, folder / "truth.csv", seed=11, size=60)
        self.post("1000.01", "-1000.00")
        self.build()

    def build(self, as_of: str = "") -> None:
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("TIEOUT_BUSINESS_DATE", as_of)
            run_dbt("build", *MODELS_ONLY, *BUILT, zone=self.zone, landing=self.landing)

    def post(self, debit: str, credit: str) -> None:
        """Deliver the entry, or a correction of it: what it lacks to be balanced is what its control shows."""
        self.number += 1
        header = (
            "entry_id,line_no,posted_on,gl_account,amount,currency,reference,counterparty,memo,document_type"
        )
        lines = [
            f"LOPSIDED,{line},2026-09-15,{account},{amount},EUR,,,rent,x,2026-10-{self.number:02}T08:00:00Z"
            for line, account, amount in ((1, "9001", debit), (2, "9002", credit))
        ]
        file = self.landing / "ledger" / f"journal_lines_lopsided_{self.number}.csv"
        file.write_text("\n".join([f"{header},recorded_at", *lines]) + "\n")

    def decide(self, *rows: dict[str, str]) -> None:
        """Deliver one file of decisions."""
        self.number += 1
        path = self.landing / "decisions" / f"{self.number:03}.csv"
        path.parent.mkdir(exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS.split(","), restval="")
            writer.writeheader()
            given = {"reason": "the landlord rounds", "decided_at": "2026-10-20T08:00:00Z"}
            writer.writerows(given | row for row in rows)

    def rows(self, query: str) -> list[tuple]:
        with duckdb.connect(str(warehouse_of(self.zone)), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def control(self) -> tuple[str, bool, str | None]:
        """Status, whether it is accepted and what is said of its acceptance, of the entry that does not balance."""
        (row,) = self.rows(
            "select status, is_accepted, acceptance from marts.fct_control_totals"
            " where control_code = 'journal_balance' and business_date = '2026-09-15' and measure = 'amount'"
        )
        return row

    def control_id(self) -> str:
        ((control_id,),) = self.rows(
            "select control_total_id from marts.fct_control_totals"
            " where control_code = 'journal_balance' and business_date = '2026-09-15' and measure = 'amount'"
        )
        return control_id

    def outcome(self, decision_id: str) -> tuple[str, str]:
        ((outcome, reason),) = self.rows(
            f"select outcome, outcome_reason from marts.fct_decisions where decision_id = '{decision_id}'"
        )
        return outcome, reason


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(tmp_path_factory.mktemp("acceptances"))


def test_an_accepted_cent_that_becomes_ten_millions_is_red_again_and_says_so(company: Company) -> None:
    accepted = {"decision": "accept", "subjects": company.control_id(), "decided_by": "Ann Keller"}
    company.decide(accepted | {"decision_id": "CENT", "difference": "-0.01", "unit": "EUR"})
    company.build()
    assert company.control() == ("red", True, "Accepted at -0.01 EUR by Ann Keller (CENT) until 2027-01-20")

    company.post("10001000.00", "-1000.00")
    company.build()
    assert company.control() == (
        *("red", False),
        "Accepted at -0.01 EUR by Ann Keller (CENT); now -10,000,000.00",
    )
    settings = replace(Settings.from_environment(), warehouse=warehouse_of(company.zone))
    with duckdb.connect(str(settings.warehouse), read_only=True) as warehouse:
        told = refusal("it stays open", red_controls(warehouse, "close"))
    assert (
        "difference -10000000, unit EUR. Accepted at -0.01 EUR by Ann Keller (CENT); now -10,000,000.00"
        in told
    )


def test_what_is_above_the_limit_waits_for_another_person(company: Company) -> None:
    accepted = {"decision": "accept", "subjects": company.control_id(), "decided_by": "Ann Keller"}
    company.decide(accepted | {"decision_id": "MILLIONS", "difference": "-10000000", "unit": "eur"})
    company.decide(
        # The same person with a Cyrillic letter, in another case, with the words turned round.
        {
            "decision_id": "OWN-1",
            "decision": "approve",
            "subjects": "MILLIONS",
            "decided_by": "KELLER, Аnn",
        }
    )
    company.build()
    assert company.control()[:2] == ("red", False)
    assert "waits for a second person" in company.control()[2]
    assert company.outcome("MILLIONS")[0] == "waiting"
    assert company.outcome("OWN-1") == ("refused", "Nobody approves a decision of their own, in any spelling")

    company.decide(
        {"decision_id": "OTHER", "decision": "approve", "subjects": "MILLIONS", "decided_by": "Bela Nagy"}
    )
    company.build()
    assert company.control()[:2] == ("red", True)
    assert company.control()[2].startswith("Accepted at -10,000,000.00 eur by Ann Keller and Bela Nagy")
    assert company.outcome("MILLIONS")[0] == "applied"


def test_the_first_contents_of_an_id_stand_and_the_second_are_refused(company: Company) -> None:
    company.decide(
        {
            "decision_id": "OTHER",
            "decision": "approve",
            "subjects": "CENT",
            "decided_by": "Mallory",
            "reason": "in the way of the genuine one",
        }
    )
    company.build()
    assert company.control()[:2] == ("red", True)
    assert company.outcome("OTHER") == ("applied", "In force")
    assert company.rows(
        "select actual, explanation from marts.fct_control_totals where scope = 'decision OTHER'"
    ) == [
        (
            0,
            "The same decision id was delivered again with other contents, which are refused: the first stands",
        )
    ]


def test_an_acceptance_ends_and_can_be_withdrawn(company: Company) -> None:
    accepted = {"decision": "accept", "subjects": company.control_id(), "decided_by": "Ann Keller"}
    company.decide(
        accepted
        | {"decision_id": "SHORT", "difference": "-10000000", "unit": "EUR", "until_on": "2026-09-10"},
        {"decision_id": "SHORT-OK", "decision": "approve", "subjects": "SHORT", "decided_by": "Bela Nagy"},
        {"decision_id": "BACK", "decision": "withdraw", "subjects": "MILLIONS", "decided_by": "Ann Keller"},
    )
    company.build()
    assert company.outcome("MILLIONS") == ("withdrawn", "Withdrawn by decision BACK")
    assert company.outcome("BACK")[0] == "applied"
    assert company.control() == (
        *("red", False),
        "Accepted at -10,000,000.00 EUR by Ann Keller and Bela Nagy (SHORT) until 2026-09-10",
    )


def test_nobody_accepts_what_is_not_red_yet(company: Company) -> None:
    ((green_id, scope),) = company.rows(
        "select control_total_id, scope from marts.fct_control_totals"
        " where control_code = 'statement_proof' and status = 'green' order by scope limit 1"
    )
    company.decide(
        {
            "decision_id": "AHEAD",
            "decision": "accept",
            "subjects": green_id,
            "decided_by": "Mallory",
            "difference": "5000",
            "unit": "EUR",
        }
    )
    company.build()
    assert company.outcome("AHEAD") == (
        "refused",
        f"Not red when it was delivered, so nobody can have seen it red: {green_id}",
    )
    assert company.rows("select status from marts.fct_control_totals where scope = 'decision AHEAD'") == [
        ("red",)
    ]


def test_seven_hundred_subjects_count_as_one_decision(company: Company) -> None:
    items = [
        item_id
        for (item_id,) in company.rows("select item_id from marts.fct_reconciliation_items order by 1")
    ]
    unknown = [f"nothing-{number}" for number in range(700 - len(items[:40]))]
    company.decide(
        {
            "decision_id": "MANY",
            "decision": "explain",
            "subjects": " ".join([*unknown, *items[:40]]),
            "decided_by": "Ann Keller",
        }
    )
    company.build()
    assert company.rows("select subject_count from marts.fct_decisions where decision_id = 'MANY'") == [
        (700,)
    ]
    assert company.rows(
        "select count(*) from intermediate.int_decision_subjects"
        f" where decision_id = 'MANY' and subject = '{items[39]}'"
    ) == [(1,)]
