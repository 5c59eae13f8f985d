"""Who decides is asked in three places that give one answer: the models, a file that is read, and a close."""

from __future__ import annotations

import datetime
import random
import re
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import duckdb
import pytest
from dbt_runs import run_dbt
from scale import times

from orchestration.close.review import NotReviewedError, reviewers
from orchestration.collect import landing
from orchestration.collect.decision_files import Evidence, read_decision_file
from orchestration.collect.persons import person_key
from orchestration.collect.policies import Policy, persons_asked
from orchestration.lake.errors import UnreadableFile
from orchestration.lake.spool import Spool

DAY = datetime.date(2026, 3, 2)
LOAD = "20260302T090000.000000Z"
NOW = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC)
HEADER = "decision_id,decision,subjects,reason,decided_by,decided_at,until_on,difference,unit"
# As persons write themselves, and as a controller lists them.
NAMES = [
    "Carla",
    "CARLA",
    "Dora",
    "dora.",
    "Ann Keller",
    "Keller Ann",
    "Zoë",
    "ZOË",
    "Σίγμας",
    "Bela",
    "İpek",
]
LISTED = ["*", "Carla;Dora", "Carla ; Dora", " carla;DORA", "Ann Keller", "zoë;ΣΊΓΜΑΣ", "Dora.", "Nobody"]
DAYS = [datetime.date(2000, 1, 1), DAY - datetime.timedelta(1), DAY, DAY + datetime.timedelta(1)]


@pytest.fixture(scope="module")
def subjects_sql(tmp_path_factory: pytest.TempPathFactory) -> str:
    """int_decision_subjects, over tables without a schema."""
    zone = tmp_path_factory.mktemp("compiled")
    (zone / "landing").mkdir()
    run_dbt("compile", "--select", "int_decision_subjects", zone=zone, landing=zone / "landing")
    (file,) = (zone / "target" / "compiled").rglob("int_decision_subjects.sql")
    return re.sub(r'"\w+"\."\w+"\."(\w+)"', r"\1", file.read_text())


def drawn_policies(draw: random.Random, decision: str) -> list[Policy]:
    """From none to six rows, two of which may differ by the day, or by a blank, alone."""
    rows = {
        Policy(
            decision,
            draw.choice(["bank", "payroll"]),
            draw.choice([None, None, Decimal("0"), Decimal("50"), Decimal("1000.5")]),
            draw.choice([1, 2, 2, 3]),
            draw.choice(LISTED),
            draw.choice(DAYS),
        )
        for _ in range(draw.randrange(7))
    }
    return list({(row[1], row[2], row[4], row[5]): row for row in sorted(rows, key=str)}.values())


def expected_limit(policies: list[Policy], decision: str, area: str, names: list[str]) -> Decimal | None:
    """Up to which amount a decision of these persons counts: None is any, -1 is none."""
    lacking = [
        Decimal(-1) if amount is None else amount
        for amount in {policy.above_amount for policy in policies}
        for asked in persons_asked(
            [policy for policy in policies if policy.above_amount == amount], decision, DAY, area
        )
        if not asked.is_content(names)
    ]
    return min(lacking, default=None)


def limits_in_sql(sql: str, policies: list[Policy], decision: str, names: list[str]) -> tuple:
    """The limits of a decision of the first of the names that the others approve."""
    with duckdb.connect() as connection:
        connection.execute(
            """
            create table decision_policies (
                decision text, area text, above_amount decimal(28, 5), persons_needed integer, persons text,
                effective_on date, holds_days integer
            );
            create table stg_decisions__decisions (
                decision_id text, decision text, subjects text, decided_by text, decider text, file_hash text,
                load_id text, line_number bigint, decided_at timestamp, reason text, unit text, not_red text,
                signed_with text, difference decimal(28, 5), until_on date
            );
            """
        )
        for policy in policies:
            connection.execute("insert into decision_policies values (?, ?, ?, ?, ?, ?, null)", policy)
        for number, name in enumerate(names):
            said = ("D", decision, "i1") if number == 0 else (f"A{number}", "approve", "D")
            connection.execute(
                "insert into stg_decisions__decisions"
                " values (?, ?, ?, ?, ?, 'F1', ?, ?, ?, '', null, null, null, null, null)",
                [*said, name, person_key(name), LOAD, number, NOW.replace(tzinfo=None)],
            )
        return connection.execute(
            f"select bank_limit, payroll_limit from ({sql}) where decision_id = 'D'"
        ).fetchone()


def is_reviewed(policies: list[Policy], area: str, names: list[str]) -> bool:
    """Whether the first of the names may close, once the others have reviewed it."""
    with duckdb.connect() as connection:
        connection.execute(
            """
            create schema reference; create schema intermediate; create schema staging; create schema payroll;
            create table reference.decision_policies (
                decision text, area text, above_amount decimal(28, 5), persons_needed integer, persons text,
                effective_on date
            );
            create table intermediate.int_decision_subjects (
                decision text, subject text, decided_by text, load_id text, is_in_force boolean
            );
            create table staging.stg_closes__closes (close_id text, closed_on date);
            create table payroll.stg_payroll__payroll_closes (close_id text, pay_period_id text);
            """
        )
        for policy in policies:
            connection.execute(
                "insert into reference.decision_policies values (?, ?, ?, ?, ?, ?)",
                policy._replace(decision="close"),
            )
        for name in names[1:]:
            connection.execute(
                "insert into intermediate.int_decision_subjects values ('review', '2026-03-01', ?, ?, true)",
                [name, LOAD],
            )
        try:
            reviewers(connection, area, "2026-03-01", names[0], DAY)
        except NotReviewedError:
            return False
        return True


def is_collected(folder: Path, policies: list[Policy], names: list[str]) -> bool:
    """Whether a file takes a row out of count that the first of the names wrote and the others approve."""
    seed = folder / "decision_policies.csv"
    rows = [
        f"exclude,{policy.area},{'' if policy.above_amount is None else policy.above_amount},"
        f"{policy.persons_needed},{policy.persons},,{policy.effective_on},\n"
        for policy in policies
    ]
    header = "decision,area,above_amount,persons_needed,persons,holds_days,effective_on,note\n"
    seed.write_text(header + "".join(rows), encoding="utf-8")
    lines = [f"D,exclude,{'a' * 64},r,{names[0]},2026-03-02T08:00:00,,,"]
    lines += [f"A{number},approve,D,r,{name},2026-03-02T08:00:00,,," for number, name in enumerate(names[1:])]
    content = "\n".join([HEADER, *lines, ""]).encode()
    spool = Spool(folder / "spool")
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(landing, "DECISION_POLICIES", seed)
            evidence = Evidence(NOW, DAY, {}, folder / "x.sig", None, {}, {})
            read_decision_file(BytesIO(content), "one.csv", spool, "hash", LOAD, evidence)
    except UnreadableFile as error:
        assert "persons by decision_policies" in str(error)
        return False
    finally:
        spool.close()
    return True


@pytest.mark.drawn
def test_models_files_and_closes_agree_on_who_decides(subjects_sql: str, tmp_path: Path) -> None:
    answers = []
    for number in range(times(20)):
        draw = random.Random(number)
        policies = drawn_policies(draw, "write_off")
        names = draw.sample(NAMES, draw.randint(1, 4))
        told = f"{names} of {policies}"
        limits = limits_in_sql(subjects_sql, policies, "write_off", names)
        for area, limit in zip(("bank", "payroll"), limits, strict=True):
            assert limit == expected_limit(policies, "write_off", area, names), told
            assert is_reviewed(policies, area, names) == (limit is None), told
        folder = tmp_path / f"{number}"
        folder.mkdir()
        assert is_collected(folder, policies, names) == (limits == (None, None)), told
        at_once = limits_in_sql(
            subjects_sql, [policy._replace(decision="include") for policy in policies], "exclude", names
        )
        assert at_once == limits, told
        answers.append(limits)
    # Enough for anything, for some, and for nothing.
    assert {limit is None or limit < 0 for limits in answers for limit in limits} == {True, False}
    assert (None, None) in answers
