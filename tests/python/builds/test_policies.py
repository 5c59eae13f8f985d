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
LISTED = [
    ["*"],
    ["Carla;Dora", "Carla ; Dora", " carla;DORA"],
    ["Ann Keller", "ANN KELLER"],
    ["zoë;ΣΊΓΜΑΣ", "Dora.", "Nobody"],
]
DAYS = [datetime.date(2000, 1, 1), DAY - datetime.timedelta(1), DAY, DAY + datetime.timedelta(1)]
# A later row with other blanks, two of one day, and a limit beside a row of any amount.
PLANTED = [
    [(None, 2, "Carla;Dora", DAYS[0]), (None, 1, "carla ; DORA", DAYS[1])],
    [(None, 1, "Carla;Dora", DAY), (None, 2, "Carla ; Dora", DAY)],
    [(None, 2, "Carla ; Dora", DAY), (None, 1, "Carla;Dora", DAY)],
    [(None, 1, "*", DAYS[0]), (Decimal(50), 2, "*", DAYS[1])],
    [(Decimal("50.00"), 2, "*", DAYS[0]), (Decimal(50), 1, "*", DAYS[1])],
]


# What says who decides, in the order of its models.
STEPS = ("int_decisions", "int_decisions_spoken_of", "int_decisions_unmade", "int_decision_subjects")


@pytest.fixture(scope="module")
def subjects_sql(tmp_path_factory: pytest.TempPathFactory) -> str:
    """int_decision_subjects and the steps to it, over tables without a schema."""
    zone = tmp_path_factory.mktemp("compiled")
    (zone / "landing").mkdir()
    run_dbt("compile", "--select", *STEPS, zone=zone, landing=zone / "landing")
    *before, last = (
        re.sub(r'"\w+"\."\w+"\."(\w+)"', r"\1", file.read_text())
        for step in STEPS
        for file in (zone / "target" / "compiled").rglob(f"{step}.sql")
    )
    steps = ", ".join(f"{name} as materialized ({sql})" for name, sql in zip(STEPS, before, strict=False))
    return f"with {steps} select * from ({last})"


def drawn_policies(draw: random.Random, decision: str) -> list[Policy]:
    """Up to nine rows, of which some differ by the day, or by a blank, alone."""
    listed = [*draw.choice(LISTED), *draw.choice(LISTED)]
    amounts = draw.choice([[None], [None, Decimal("50")], [Decimal("0"), Decimal("1000.5")]])
    rows = {}
    for _ in range(draw.randrange(10)):
        row = (draw.choice(["bank", "payroll"]), draw.choice(amounts), draw.choice(listed), draw.choice(DAYS))
        area, amount, persons, day = row
        rows[row] = Policy(decision, area, amount, draw.choice([1, 2, 2, 3]), persons, day)
    return list(rows.values())


def expected_limit(policies: list[Policy], decision: str, area: str, names: list[str]) -> Decimal | None:
    """Up to which amount a decision of these persons counts: None is any, -1 is none."""
    lacking = [
        Decimal(-1) if amount is None else amount
        for amount in {policy.above_amount for policy in policies}
        for asked in persons_asked(
            [policy for policy in policies if policy.above_amount == amount], decision, DAY, area
        )
        if not asked.is_content(
            names[:1] + [name for name in names if person_key(name) != person_key(names[0])]
        )
    ]
    return min(lacking, default=None)


def limits_in_sql(sql: str, policies: list[Policy], groups: list[list[str]]) -> dict[str, tuple]:
    """The limits of decisions, each of the first of a group of names that the others approve, by decision_id:
    W and the number of the group of a write-off, X of an exclusion where the policies are of inclusions."""
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
            for row in (policy, policy._replace(decision="include")):
                connection.execute("insert into decision_policies values (?, ?, ?, ?, ?, ?, null)", row)
        rows = [
            (
                (f"{kind[0]}{group}", kind[1], "i1")
                if number == 0
                else (f"A{kind[0]}{group}-{number}", "approve", f"{kind[0]}{group}")
            )
            + (name, person_key(name))
            for kind in (("W", "write_off"), ("X", "exclude"))
            for group, names in enumerate(groups)
            for number, name in enumerate(names)
        ]
        connection.executemany(
            "insert into stg_decisions__decisions"
            f" values (?, ?, ?, ?, ?, 'F1', '{LOAD}', 1, '2026-03-02', '', null, null, null, null, null)",
            rows,
        )
        found = connection.execute(f"select decision_id, bank_limit, payroll_limit from ({sql})").fetchall()
        return {decision_id: limits for decision_id, *limits in found}


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
    for number in range(len(PLANTED) + times(8)):
        draw = random.Random(number)
        policies = drawn_policies(draw, "write_off")
        if number < len(PLANTED):
            policies = [Policy("write_off", "bank", *row) for row in PLANTED[number]]
        groups = [["Carla"], ["Bela", "Dora"]] + [draw.sample(NAMES, draw.randint(1, 4)) for _ in range(4)]
        in_sql = limits_in_sql(subjects_sql, policies, groups)
        for group, names in enumerate(groups):
            told = f"{names} of {policies}"
            limits = in_sql[f"W{group}"]
            assert in_sql[f"X{group}"] == limits, told
            for area, limit in zip(("bank", "payroll"), limits, strict=True):
                assert limit == expected_limit(policies, "write_off", area, names), told
                assert is_reviewed(policies, area, names) == (limit is None), told
            folder = tmp_path / f"{number} {group}"
            folder.mkdir()
            assert is_collected(folder, policies, names) == (limits == [None, None]), told
            answers += limits
    # Enough for anything, for some, and for nothing.
    assert None in answers and {limit < 0 for limit in answers if limit is not None} == {True, False}
