"""Who stands behind a close: its preparer, and as many others as the policy asks for."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import duckdb
import pytest

from orchestration.close.review import NotReviewedError, reviewers
from orchestration.collect.persons import person_key

DATE = "2026-03-26"
TODAY = datetime.date(2026, 3, 27)


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """Two persons for the bank's close, as of a day."""
    with duckdb.connect() as connection:
        for schema in ("reference", "intermediate", "staging", "payroll"):
            connection.execute(f"create schema {schema}")
        connection.execute(
            """
            create table reference.decision_policies
                (decision text, area text, above_amount decimal(28, 5), persons_needed integer, persons text,
                effective_on date);
            insert into reference.decision_policies values
                ('close', 'bank', null, 1, '*', '2000-01-01'),
                ('close', 'bank', null, 2, '*', '2026-03-27'),
                ('close', 'bank', null, 3, '*', '2026-03-28'),
                ('close', 'payroll', null, 1, '*', '2000-01-01'),
                ('close', 'payroll', null, 2, '*', '2026-04-01'),
                ('pay', 'payroll', null, 2, '*', '2026-04-01'),
                ('accept', 'bank', null, 3, '*', '2000-01-01');
            create table intermediate.int_decision_subjects (
                decision text, subject text, decided_by text, decider text, load_id text, is_in_force boolean
            );
            create table staging.stg_closes__closes (close_id text, closed_on date);
            create table payroll.stg_payroll__payroll_closes (close_id text, pay_period_id text);
            """
        )
        yield connection


def review(
    warehouse: duckdb.DuckDBPyConnection,
    name: str,
    *,
    subject: str = DATE,
    load_id: str = "20260327T1",
    decision: str = "review",
    is_in_force: bool = True,
) -> None:
    warehouse.execute(
        "insert into intermediate.int_decision_subjects values (?, ?, ?, ?, ?, ?)",
        [decision, subject, name, person_key(name), load_id, is_in_force],
    )


def test_a_close_names_its_reviewers(warehouse: duckdb.DuckDBPyConnection) -> None:
    review(warehouse, "Carla")
    review(warehouse, "Bela")
    review(warehouse, "Bela")
    assert reviewers(warehouse, "bank", DATE, "Ann Keller", TODAY) == "Bela, Carla"


def test_nobody_reviews_a_close_of_their_own(warehouse: duckdb.DuckDBPyConnection) -> None:
    review(warehouse, "KELLER, Аnn")
    with pytest.raises(NotReviewedError, match=r"needs 2 persons, and behind it stands Ann Keller\. Another"):
        reviewers(warehouse, "bank", DATE, "Ann Keller", TODAY)


def test_only_a_review_of_this_close_counts(warehouse: duckdb.DuckDBPyConnection) -> None:
    review(warehouse, "Bela", subject="2026-03-25")
    review(warehouse, "Bela", decision="approve")
    review(warehouse, "Bela", is_in_force=False)
    with pytest.raises(NotReviewedError):
        reviewers(warehouse, "bank", DATE, "Ann Keller", TODAY)


def test_a_date_that_was_reopened_is_reviewed_again(warehouse: duckdb.DuckDBPyConnection) -> None:
    review(warehouse, "Bela")
    warehouse.execute("insert into staging.stg_closes__closes values ('20260327T2', '2026-03-26')")
    with pytest.raises(NotReviewedError):
        reviewers(warehouse, "bank", DATE, "Ann Keller", TODAY)
    review(warehouse, "Bela", load_id="20260327T3")
    assert reviewers(warehouse, "bank", DATE, "Ann Keller", TODAY) == "Bela"


def test_the_policy_of_the_day_counts_and_where_it_asks_for_one_nobody_reviews(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    review(warehouse, "Bela")
    with pytest.raises(NotReviewedError, match="needs 3 persons, and behind it stand Ann, Bela"):
        reviewers(warehouse, "bank", DATE, "Ann", datetime.date(2026, 3, 28))
    assert reviewers(warehouse, "payroll", "US-WEEKLY-2026-12", "Ann", TODAY) is None


def test_a_row_may_ask_for_one_of_some_persons(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(
        "insert into reference.decision_policies"
        " values ('close', 'bank', null, 1, 'Carla ; Dora', '2000-01-01')"
    )
    review(warehouse, "Bela")
    with pytest.raises(NotReviewedError, match="needs 1 person of CARLA; DORA, and behind it stands nobody"):
        reviewers(warehouse, "bank", DATE, "Ann", TODAY)
    review(warehouse, "dora")
    assert reviewers(warehouse, "bank", DATE, "Ann", TODAY) == "Bela, dora"


def test_another_person_than_who_closed_stands_between_close_and_payment(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    day = datetime.date(2026, 4, 2)

    def released(period: str, closed_by: str) -> str | None:
        return reviewers(warehouse, "payroll", period, "schedule", day, act="pay", uncounted=closed_by)

    review(warehouse, "Bela", subject="P1", load_id="20260402T1")
    assert reviewers(warehouse, "payroll", "P1", "Ann", day) == "Bela"
    warehouse.execute("insert into payroll.stg_payroll__payroll_closes values ('20260402T2', 'P1')")
    with pytest.raises(NotReviewedError, match="no file of P1 is written: its payment needs 2 persons, and"):
        released("P1", "Ann")
    review(warehouse, "Ann", subject="P1", load_id="20260402T3")
    with pytest.raises(NotReviewedError):
        released("P1", "Ann")
    assert released("P1", "Bela") == "Ann"


def test_a_period_that_was_reopened_is_reviewed_again(warehouse: duckdb.DuckDBPyConnection) -> None:
    day = datetime.date(2026, 4, 2)
    review(warehouse, "Bela", subject="P1", load_id="20260402T1")
    warehouse.execute("insert into payroll.stg_payroll__payroll_closes values ('20260402T2', 'P1')")
    with pytest.raises(NotReviewedError, match="P1 stays open: its close needs 2 persons"):
        reviewers(warehouse, "payroll", "P1", "Ann", day)
