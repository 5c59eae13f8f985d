"""What persons accept, approve and withdraw, as files that are collected and built: as far as each saw."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from dbt_runs import MODELS_ONLY, run_dbt, warehouse_of
from independent_books import generate_books

from orchestration.settings import Settings
from orchestration.warehouse.controls import red_controls, refusal

BUILT = ["--select", "+fct_control_totals", "+fct_decisions", "dim_controls"]
COLUMNS = "decision_id,decision,subjects,reason,decided_by,decided_at,until_on,difference,unit"
ANN, BELA = {"decided_by": "Ann Keller"}, {"decided_by": "Bela Nagy"}


class Company:
    """Generated books with one journal entry that does not balance, and a folder for decisions."""

    def __init__(self, folder: Path) -> None:
        self.landing = folder / "landing"
        self.zone = folder / "zone"
        self.number = 0
        generate_books(self.landing, folder / "truth.csv", seed=11, size=60)
        self.post("1000.01", "-1000.00")
        self.build()

    def build(self) -> None:
        run_dbt("build", *MODELS_ONLY, *BUILT, zone=self.zone, landing=self.landing)

    def post(self, debit: str, credit: str) -> None:
        """Deliver the entry, or a correction of it: its control shows by how much the two differ."""
        self.number += 1
        header = "entry_id,line_no,posted_on,gl_account,amount,currency,reference,counterparty,memo"
        lines = [
            f"LOPSIDED,{line},2026-09-15,{account},{amount},EUR,,,rent,x,2026-10-{self.number:02}T08:00:00Z"
            for line, account, amount in ((1, "9001", debit), (2, "9002", credit))
        ]
        file = self.landing / "ledger" / f"journal_lines_lopsided_{self.number}.csv"
        file.write_text("\n".join([f"{header},document_type,recorded_at", *lines]) + "\n")

    def decide(self, **decisions: dict[str, str]) -> None:
        """Deliver one file of decisions, by their ids."""
        self.number += 1
        path = self.landing / "decisions" / f"{self.number:03}.csv"
        path.parent.mkdir(exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS.split(","), restval="")
            writer.writeheader()
            said = {"reason": "the landlord rounds", "decided_at": "2026-10-20T08:00:00Z"}
            writer.writerows(said | {"decision_id": name} | row for name, row in decisions.items())

    def rows(self, query: str) -> list[tuple]:
        with duckdb.connect(str(warehouse_of(self.zone)), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def control(self, columns: str = "is_accepted, acceptance") -> tuple:
        """Of the control of the entry that does not balance, which is red."""
        (row,) = self.rows(
            f"select {columns} from marts.fct_control_totals where control_code = 'journal_balance'"
            " and business_date = '2026-09-15' and measure = 'amount' and status = 'red'"
        )
        return row

    def acceptance(self, difference: str, unit: str = "EUR", until_on: str = "") -> dict[str, str]:
        (control_id,) = self.control("control_total_id")
        figures = {"difference": difference, "unit": unit, "until_on": until_on}
        return ANN | figures | {"decision": "accept", "subjects": control_id}

    def outcomes(self) -> dict[str, tuple[str, str]]:
        rows = self.rows("select decision_id, outcome, outcome_reason from marts.fct_decisions")
        return {decision_id: outcome for decision_id, *outcome in rows}

    def reds_of_decisions(self) -> list[tuple[str, str]]:
        return self.rows(
            "select scope, explanation from marts.fct_control_totals"
            " where control_code = 'decision_applied' and status = 'red' order by scope"
        )


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(tmp_path_factory.mktemp("acceptances"))


def test_a_red_is_accepted_as_it_was_seen_and_a_green_is_not(company: Company) -> None:
    (green_id,) = company.rows(
        "select control_total_id from marts.fct_control_totals"
        " where control_code = 'statement_proof' and status = 'green' order by scope limit 1"
    )[0]
    items = company.rows("select item_id from intermediate.int_items_cleared order by item_id limit 40")
    many = [*(f"nothing-{number}" for number in range(660)), *(item_id for (item_id,) in items)]
    company.decide(
        CENT=company.acceptance("-0.01"),
        AHEAD=company.acceptance("5000") | {"subjects": green_id},
        MANY=ANN | {"decision": "explain", "subjects": " ".join(many)},
    )
    company.build()
    assert company.control() == (True, "Accepted at -0.01 EUR by Ann Keller (CENT) until 2027-01-20")
    told = f"Not red when it was delivered, so nobody can have seen it red: {green_id}"
    assert company.outcomes()["AHEAD"] == ["refused", told]
    assert ("decision AHEAD", told) in company.reds_of_decisions()
    # As many as it names, also behind the five hundredth.
    assert company.rows(
        "select count(*), count(distinct subject), max(subject_number)"
        " from intermediate.int_decision_subjects where decision_id = 'MANY'"
    ) == [(700, 700, 700)]


def test_an_accepted_cent_that_becomes_ten_millions_is_red_and_says_so(company: Company) -> None:
    company.post("10001000.00", "-1000.00")
    company.build()
    told = "Accepted at -0.01 EUR by Ann Keller (CENT); now -10,000,000.00"
    assert company.control() == (False, told)
    settings = replace(Settings.from_environment(), warehouse=warehouse_of(company.zone))
    with duckdb.connect(str(settings.warehouse), read_only=True) as warehouse:
        refused = refusal("2026-09-15 stays open", red_controls(warehouse, "close"))
    assert f"difference -10000000, unit EUR. {told}" in refused


def test_what_is_above_the_limit_waits_for_another_person(company: Company) -> None:
    company.decide(
        MILLIONS=company.acceptance("-10000000", unit="eur"),
        # Her own name with a Cyrillic letter, in another case, and its words turned round.
        OWN={"decision": "approve", "subjects": "MILLIONS", "decided_by": "KELLER, Аnn"},
    )
    company.build()
    assert company.control() == (
        False,
        "Accepted at -10,000,000.00 eur by Ann Keller (MILLIONS), which waits for a second person:"
        " a decision approve that names it",
    )
    outcomes = company.outcomes()
    assert outcomes["MILLIONS"][0] == "waiting"
    assert outcomes["OWN"] == ["refused", "Nobody approves a decision of their own, in any spelling"]

    company.decide(OTHER=BELA | {"decision": "approve", "subjects": "MILLIONS"})
    company.build()
    assert company.control() == (
        True,
        "Accepted at -10,000,000.00 eur by Ann Keller and Bela Nagy (MILLIONS) until 2027-01-20",
    )
    assert company.outcomes()["MILLIONS"][0] == "applied"


def test_an_acceptance_ends_and_is_withdrawn_and_an_id_keeps_its_first_contents(company: Company) -> None:
    company.decide(
        SHORT=company.acceptance("-10000000", until_on="2026-09-10"),
        SHORT_APPROVED=BELA | {"decision": "approve", "subjects": "SHORT"},
        BACK=ANN | {"decision": "withdraw", "subjects": "MILLIONS"},
        BACK_APPROVED=BELA | {"decision": "approve", "subjects": "BACK"},
        ALONE=ANN | {"decision": "withdraw", "subjects": "SHORT"},
        OTHER={"decision": "approve", "subjects": "CENT", "decided_by": "Mallory"},
    )
    company.build()
    assert company.control() == (
        False,
        "Accepted at -10,000,000.00 EUR by Ann Keller and Bela Nagy (SHORT) until 2026-09-10",
    )
    outcomes = company.outcomes()
    assert outcomes["MILLIONS"] == ["withdrawn", "Withdrawn by decision BACK"]
    assert outcomes["ALONE"][0] == "waiting"  # two persons made what it would take back
    assert outcomes["OTHER"] == ["applied", "In force"]
    assert (
        "decision OTHER",
        "The same decision id was delivered again with other contents, which are refused: the first stands",
    ) in company.reds_of_decisions()
