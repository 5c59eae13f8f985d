"""Decision files: what is taken whole, and what is quarantined whole."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import duckdb
import pyarrow.parquet
import pytest
from older_lakes import forget_chain

from orchestration.collect import collect, landing
from orchestration.collect.decision_files import Evidence, read_decision_file
from orchestration.collect.named_in_lake import Known
from orchestration.collect.persons import person_key, unwritable
from orchestration.lake.datasets import DATASETS
from orchestration.lake.errors import UnreadableFile
from orchestration.lake.spool import Spool
from orchestration.settings import Settings

HEADER = "decision_id,decision,subjects,reason,decided_by,decided_at,until_on,difference,unit"
GOOD = [
    "D1,match,i1 i2  i3,same invoice,anna,2026-03-02T10:00:00+02:00,,,",
    "D2,unmatch,m1,wrong payee,anna,2026-03-02T10:00:00,,,",
    "D3,write_off,i4,below the limit,anna,2026-03-02T10:00:00Z,,,",
    "D4,duplicate,i5 i6,paid twice,anna,2026-03-02T10:00:00,,,",
    "D5,explain,i7,cheque in the post,anna,2026-03-02T10:00:00,,,",
    "D6,snooze,i8,waits for the bank,anna,2026-03-02T10:00:00,2026-04-01,,",
    "D7,accept,c1,the bank will resend,bela,2026-03-02T10:00:00,2026-05-01,-1228.44,EUR",
    "D8,reopen,2026-02-27,late invoice,bela,2026-03-02T10:00:00,,,",
    "D9,replace,s1 s2,corrected by the bank,bela,2026-03-02T10:00:00,,,",
    "D10,approve,D3 D4,looked at,carla,2026-03-02T10:00:00,,,",
    "D11,review,2026-02-27,looked at,carla,2026-03-02T10:00:00,,,",
    "D12,withdraw,D5,it came back,carla,2026-03-02T10:00:00,,,",
]
LINE = GOOD[0]
SNOOZE = GOOD[5]
ACCEPT = GOOD[6]
NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)


def deliver(settings: Settings, name: str, *lines: str, header: str = HEADER) -> None:
    """Write a decision file."""
    file = settings.landing / "decisions" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join([header, *lines]) + "\n")


def decisions(settings: Settings, columns: str) -> list[tuple]:
    """The lake's decisions, in the order of file and line."""
    files = str(settings.lake / "decisions" / "*.parquet")
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        return connection.execute(
            f"select {columns} from read_parquet('{files}') order by file_hash, line_number"
        ).fetchall()


def outcome(settings: Settings) -> tuple:
    """Status, reason and position of the only delivery."""
    files = str(settings.lake / "collected_files" / "*.parquet")
    (row,) = duckdb.execute(
        f"select source, status, record_count, reason, position from read_parquet('{files}')"
    ).fetchall()
    return row


def test_every_kind_of_decision_is_loaded(settings: Settings) -> None:
    deliver(settings, "2026/march/anna.CSV", *GOOD)
    assert collect(settings).rows["decisions"] == len(GOOD)
    assert outcome(settings) == ("decisions", "loaded", len(GOOD), None, None)
    loaded = decisions(settings, "line_number, decision_id, decision, until_on, decided_at")
    assert [row[:3] for row in loaded] == [
        (line, *text.split(",")[:2]) for line, text in enumerate(GOOD, start=2)
    ]
    assert [row[3] for row in loaded] == [None] * 5 + [date(2026, 4, 1), date(2026, 5, 1)] + [None] * 5
    assert decisions(settings, "difference, unit")[6] == (Decimal("-1228.44"), "EUR")
    assert loaded[0][4].astimezone(UTC) == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert loaded[1][4].astimezone(UTC) == datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_columns_are_found_by_name(settings: Settings) -> None:
    deliver(
        settings,
        "one.csv",
        'anna,,2026-03-02T10:00:00,"two, not one",D1,match,i1 i2',
        header="decided_by,until_on,decided_at,reason,decision_id,decision,subjects",
    )
    collect(settings)
    assert decisions(settings, "decision_id, subjects, reason") == [("D1", "i1 i2", "two, not one")]


@pytest.mark.parametrize(
    ("line", "old", "new", "reason"),
    [
        (LINE, "D1", "", "decision_id is blank"),
        (LINE, "D1", "  ", "decision_id is blank"),
        (LINE, "match", "", "decision is blank"),
        (LINE, "match", "Match", "decision 'Match' is not one of match, unmatch, write_off,"),
        (LINE, "match", "post", "decision 'post' is not one of match, unmatch, write_off,"),
        (LINE, "i1 i2  i3", "", "subjects is blank"),
        (LINE, "i1 i2  i3", " ", "subjects is blank"),
        (LINE, "i1 i2  i3", "i1;i2", "subjects 'i1;i2' of match is not one or more ids"),
        (LINE, "i1 i2  i3", '"i1,i2"', "subjects 'i1,i2' of match is not one or more ids"),
        (LINE, "i1 i2  i3", "i1\ti2", "subjects 'i1\\ti2' of match is not one or more ids"),
        (LINE, "same invoice", "", "reason is blank"),
        (LINE, "same invoice", " ", "reason is blank"),
        (LINE, "anna", "", "decided_by is blank"),
        (LINE, "2026-03-02T10:00:00+02:00", "", "decided_at is blank"),
        (LINE, "2026-03-02T10:00:00+02:00", "2026-03-02", "decided_at '2026-03-02' is not a timestamp"),
        (LINE, "2026-03-02T10", "2026-02-30T10", "decided_at '2026-02-30T10:00:00+02:00' is not a"),
        (LINE, "+02:00,", "+02:00,2026-04-01", "until_on '2026-04-01' must be blank: only a snooze or an"),
        (SNOOZE, "2026-04-01", "", "until_on is blank: a snooze ends on a date"),
        (SNOOZE, "2026-04-01", "April", "until_on 'April' is not a date as YYYY-MM-DD"),
        (SNOOZE, "2026-04-01", "2126-04-01", "until_on 2126-04-01 is not between 1980-01-01 and"),
        (GOOD[1], "m1", "m1 m2", "subjects 'm1 m2' of unmatch is not one id"),
        (GOOD[7], "2026-02-27", "2026-02-30", "subjects '2026-02-30' of reopen is not a date"),
        (GOOD[7], "2026-02-27", "20260227", "subjects '20260227' of reopen is not a date"),
        (GOOD[7], "2026-02-27", "2126-02-27", "subjects '2126-02-27' of reopen is not a date"),
        (GOOD[7], "2026-02-27", "2026-02-27 2026-02-28", "subjects '2026-02-27 2026-02-28' of reopen"),
        (GOOD[8], "s1 s2", "s1", "subjects 's1' of replace is not two ids"),
        (GOOD[8], "s1 s2", "s1 s1", "subjects 's1 s1' of replace is not two ids"),
        (GOOD[8], "s1 s2", "s1 s2 s3", "subjects 's1 s2 s3' of replace is not two ids"),
        (LINE, ",anna", "", "a record has 8 values where the header has 9"),
        (LINE, "D1", "D 1", "decision_id 'D 1' is not one id"),
        (LINE, ",,,", ",,5,EUR", "difference and unit must be blank: only an acceptance names them"),
        (ACCEPT, "EUR", "", "unit is blank: say in what currency or measure the difference -1228.44 is"),
        (ACCEPT, "-1228.44", "", "difference is blank: say how many EUR are accepted"),
        (ACCEPT, "-1228.44", "1e9", "difference '1e9' is not a plain decimal"),
        (LINE, "anna", "an\u200bna", "decided_by 'an\\u200bna' holds U+200B, which is no letter of a name"),
        (LINE, "anna", "anna;bela", "decided_by 'anna;bela' holds U+003B"),
        (LINE, "anna", "--", "decided_by '--' is no name"),
        (LINE, "anna", "anna\u3164", "decided_by 'anna\u3164' holds U+3164, which is no letter of a name"),
        (LINE, "anna", "anпa", "decided_by 'anпa' holds U+043F, which is no letter of a name"),
        (LINE, "anna", "aɴna", "decided_by 'aɴna' holds U+0274, which is no letter of a name"),
        (LINE, "2026-03-02T10", "1979-12-31T10", "decided_at 1979-12-31T08:00:00Z is before 1980-01-01"),
        (
            LINE,
            "2026-03-02T10",
            "2026-03-03T12",
            "decided_at 2026-03-03T10:00:00Z lies ahead: it is collected",
        ),
        (
            LINE,
            "2026-03-02T10",
            "2079-03-03T12",
            "decided_at 2079-03-03T10:00:00Z lies ahead: it is collected",
        ),
    ],
)
def test_the_first_bad_value_is_named(tmp_path: Path, line: str, old: str, new: str, reason: str) -> None:
    bad = line.replace(old, new, 1)
    assert bad != line
    text = "\n".join([HEADER, LINE, "", bad, LINE])
    with pytest.raises(UnreadableFile) as caught:
        read_decision_file(
            *(BytesIO(text.encode()), "one.csv", Spool(tmp_path / "spool"), "hash", "load"),
            Evidence(NOW, NOW.date(), {}, tmp_path / "one.csv.sig", None, {}, {}),
        )
    assert caught.value.reason.startswith(reason)
    assert caught.value.position == "line 4"


def test_a_file_with_a_bad_value_is_quarantined_whole(settings: Settings) -> None:
    deliver(settings, "one.csv", LINE, LINE.replace("match", "post"))
    collect(settings)
    assert decisions(settings, "*") == []
    assert outcome(settings)[:3] == ("decisions", "quarantined", 0)
    assert outcome(settings)[4] == "line 3"


def test_a_file_without_a_column_is_quarantined(settings: Settings) -> None:
    deliver(settings, "one.csv", LINE, header=HEADER.replace("decided_by", "author"))
    collect(settings)
    assert outcome(settings)[3].startswith("columns missing: decided_by; given: 'decision_id, decision,")


@pytest.mark.parametrize("column", ["valid_until", "approved_by", "decider", "signed_with", "not_red"])
def test_a_column_that_nobody_reads_refuses_the_file(settings: Settings, column: str) -> None:
    deliver(settings, "one.csv", f"{LINE},x", header=f"{HEADER},{column}")
    collect(settings)
    assert decisions(settings, "*") == []
    assert outcome(settings)[3].startswith(f"columns unknown: '{column}'; known: decision_id, decision,")


def test_what_an_acceptance_names_and_the_warehouse_does_not_show_red_is_noted(settings: Settings) -> None:
    deliver(settings, "before.csv", ACCEPT)
    collect(settings)
    settings.warehouse.parent.mkdir(exist_ok=True)
    with duckdb.connect(str(settings.warehouse)) as warehouse:
        warehouse.execute("create schema marts")
        warehouse.execute("create schema payroll")
        warehouse.execute("create table marts.fct_control_totals (control_total_id text, status text)")
        warehouse.execute("insert into marts.fct_control_totals values ('red', 'red'), ('green', 'green')")
        warehouse.execute("create table payroll.int_period_questions as select 'question' as question_id")
    deliver(settings, "since.csv", ACCEPT.replace("D7", "D8").replace("c1", "red green question c1"))
    collect(settings)
    assert sorted(decisions(settings, "decision_id, not_red")) == [("D7", None), ("D8", "green c1")]


def test_an_acceptance_waits_while_another_process_has_the_warehouse(settings: Settings) -> None:
    deliver(settings, "one.csv", ACCEPT)
    deliver(settings, "two.csv", SNOOZE)
    settings.warehouse.parent.mkdir(exist_ok=True)
    holding = (
        f"import duckdb, sys; held = duckdb.connect({str(settings.warehouse)!r});"
        " print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        holder.stdout.readline()
        assert collect(settings).deferred == ["decisions/one.csv"]
        holder.stdin.close()
    assert decisions(settings, "decision_id") == [("D6",)]
    assert collect(settings).loaded == 1


@pytest.mark.parametrize(
    "name",
    [
        *(
            "ann keller",
            "Keller, Ann",
            "ANN  KELLER.",
            "Änn Kéller",
            "Ａnn Keller",
            "Аnn Кеllеr",
            "Ann Ke11er",
        ),
        *("AnnKeller", "AnnKe||er", "Ann Keǀǀer", "KellerAnn"),
        *("Ann Kel-ler", "A.n.n Keller", "Ann K e l l e r", "Ann'Keller"),
        *("Ann KeIIer", "Αnn Keller", "Ann\u00a0Keller", "An\u0301n Keller", "𝐀nn Keller"),
    ],
)
def test_a_person_is_one_in_any_spelling(name: str) -> None:
    # As the model int_decisions has it, whose unit test says the same.
    assert person_key(name) == person_key("Ann Keller") == "AEEIIKNNR"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Ann Keller",
            "Анна Келлер",
            "Ann Кеllеr",
            "Ελένη Παππά",
            "张伟",
            "山田 太郎",
            "Əli Əliyev",
            "ǁGowaseb",
        ),
        *("O’Neil, Seán", "Łukasz Żak", "D'Angelo (CFO)", "ops@example.com", "Nguyễn Thị Hà", "Þór", "محمد"),
    ],
)
def test_a_name_is_written_in_any_script(name: str) -> None:
    assert unwritable(name) is None


def test_first_names_turned_round_are_two() -> None:
    assert len({person_key(name) for name in ("Amir", "Mira", "Rami")}) == 3
    assert len({person_key(name) for name in ("Arnold", "Roland", "Ronald")}) == 3


@pytest.mark.parametrize("name", ["Anna Keller", "Ann Kell", "Ann B. Keller", "Анна Келлер", "张伟"])
def test_two_persons_are_two(name: str) -> None:
    assert person_key(name) not in ("", person_key("Ann Keller"))


def refusal(settings: Settings, name: str) -> tuple:
    """Reason and position of one that was refused."""
    files = str(settings.lake / "collected_files" / "*.parquet")
    (row,) = duckdb.execute(
        f"select reason, position from read_parquet('{files}') where path = 'decisions/{name}'"
    ).fetchall()
    return row


EXCLUDE = "X1,exclude,{subjects},entered twice,anna,2026-03-02T10:00:00,,,"


def _journal(settings: Settings) -> str:
    """A ledger export of two lines, collected; its hash."""
    content = (
        "entry_id,line_no,posted_on,gl_account,amount,currency,reference,counterparty,memo,document_type,"
        "recorded_at\n"
        + "".join(f"E{n},1,2026-03-02,1000,{n},EUR,,,,,2026-03-02T08:00:00Z\n" for n in (1, 2))
    )
    (settings.landing / "ledger" / "journal_lines.csv").write_text(content)
    collect(settings)
    return hashlib.sha256(content.encode()).hexdigest()


def test_a_row_that_is_not_there_is_not_taken_out_of_count(settings: Settings) -> None:
    journal = _journal(settings)
    deliver(settings, "wrong.csv", LINE, EXCLUDE.format(subjects=f"{journal}:2 {journal}:4"))
    collect(settings)
    assert refusal(settings, "wrong.csv") == (
        "ledger/journal_lines.csv has no row on line 4: its rows stand on lines 2 to 3",
        "line 3",
    )
    deliver(settings, "right.csv", EXCLUDE.format(subjects=f"{journal}:2 {journal}:3"))
    # Of a file that is still to come nobody knows the rows.
    deliver(settings, "ahead.csv", EXCLUDE.replace("X1", "X2").format(subjects=f"{'0' * 64}:4"))
    collect(settings)
    assert sorted(decisions(settings, "decision_id")) == [("X1",), ("X2",)]


@pytest.mark.parametrize("decision", ["exclude", "include", "withdraw"])
def test_an_id_that_counts_at_once_is_no_others(settings: Settings, decision: str) -> None:
    deliver(settings, "one.csv", LINE)
    collect(settings)
    again = f"D1,{decision},{'0' * 64},entered twice,anna,2026-03-02T10:00:00,,,"
    deliver(settings, "two.csv", again)
    collect(settings)
    reason = f"was delivered before with other contents, and {decision} needs an id of its own"
    assert refusal(settings, "two.csv") == (f"decision_id 'D1' {reason}", "line 2")
    (settings.landing / "decisions" / "two.csv").unlink()
    deliver(
        settings, "three.csv", again.replace("D1", "X1"), again.replace("D1", "X1").replace("anna", "bela")
    )
    collect(settings)
    assert refusal(settings, "three.csv") == (f"decision_id 'X1' {reason}", "line 3")
    # The same again, as in a list that grows, is nobody else's.
    deliver(settings, "four.csv", again.replace("D1", "X1"))
    collect(settings)
    deliver(settings, "five.csv", again.replace("D1", "X1"), again.replace("D1", "X2"))
    collect(settings)
    assert sorted(set(decisions(settings, "decision_id"))) == [("D1",), ("X1",), ("X2",)]


def test_a_file_that_is_not_csv_by_name_is_refused(settings: Settings) -> None:
    deliver(settings, "one.xlsx", LINE)
    collect(settings)
    assert outcome(settings)[1:4] == ("quarantined", 0, "is not a decision file: decisions/ takes *.csv")


def test_what_comes_twice_is_kept_for_the_models_to_judge(settings: Settings) -> None:
    deliver(settings, "one.csv", LINE)
    deliver(settings, "copy.csv", LINE)
    deliver(settings, "again.csv", SNOOZE, LINE, LINE.replace("i3", "i4"))
    summary = collect(settings)
    assert (summary.loaded, summary.duplicate) == (2, 1)
    delivered = decisions(settings, "decision_id, subjects")
    assert sorted(delivered) == [
        ("D1", "i1 i2  i3"), ("D1", "i1 i2  i3"), ("D1", "i1 i2  i4"), ("D6", "i8"),
    ]  # fmt: skip
    assert collect(settings).is_nothing_new


def _forget_column(settings: Settings, dataset: str, column: str) -> None:
    """Make the dataset's files those of a time before the column existed."""
    for file in (settings.lake / dataset).glob("*.parquet"):
        table = pyarrow.parquet.read_table(file)
        pyarrow.parquet.write_table(table.drop_columns([column]), file)


def test_an_older_lake_gets_what_it_lacks_and_nothing_else(settings: Settings) -> None:
    deliver(settings, "one.csv", *GOOD)
    collect(settings)
    before = {dataset: len(list((settings.lake / dataset).iterdir())) for dataset in DATASETS}
    assert set(before.values()) == {1}
    shutil.rmtree(settings.lake / "closes")
    forget_chain(settings.lake, settings.warehouse)
    _forget_column(settings, "decisions", "until_on")
    assert collect(settings).is_nothing_new
    after = {dataset: len(list((settings.lake / dataset).iterdir())) for dataset in DATASETS}
    assert after == before | {"decisions": 2}
    newest = max((settings.lake / "decisions").iterdir(), key=lambda file: file.name)
    assert pyarrow.parquet.read_schema(newest).remove_metadata() == DATASETS["decisions"]
    assert pyarrow.parquet.read_metadata(newest).num_rows == 0
    collect(settings)
    assert len(list((settings.lake / "decisions").iterdir())) == 2


EXCLUDED_ALONE = f"X1,exclude,{'a' * 64},sent twice,anna,2026-03-02T10:00:00,,,"
WITHDRAWN = GOOD[11].replace("D5", "X0")
APPROVED = "A1,approve,X1,seen,bela,2026-03-02T11:00:00,,,"


def read_text(tmp_path: Path, *lines: str, known: dict[str, Known] | None = None) -> None:
    spool = Spool(tmp_path / "spool")
    try:
        read_decision_file(
            *(BytesIO("\n".join([HEADER, *lines]).encode()), "one.csv", spool, "hash", "load"),
            Evidence(NOW, NOW.date(), {}, tmp_path / "one.csv.sig", None, known or {}, {}),
        )
    finally:
        spool.close()


@pytest.mark.parametrize(
    ("policies", "lines", "position"),
    [
        ([], [EXCLUDED_ALONE], None),
        (["exclude,bank,,1,*,,2000-01-01,"], [EXCLUDED_ALONE], None),
        (["exclude,bank,,2,*,,2000-01-01,"], [LINE, EXCLUDED_ALONE], "line 3"),
        (["exclude,payroll,,2,*,,2000-01-01,"], [EXCLUDED_ALONE, APPROVED], None),
        (["exclude,bank,,2,*,,2000-01-01,"], [EXCLUDED_ALONE, APPROVED.replace("bela", "ANNA")], "line 2"),
        (["exclude,bank,,2,*,,2000-01-01,"], [EXCLUDED_ALONE, APPROVED.replace("X1", "X2")], "line 2"),
        (["exclude,bank,,2,*,,2026-03-03,"], [EXCLUDED_ALONE], "line 2"),
        (["exclude,bank,,2,*,,2026-03-04,"], [EXCLUDED_ALONE], None),
        (["exclude,bank,,2,*,,2000-01-01,", "exclude,bank,,1,*,,2026-01-01,"], [EXCLUDED_ALONE], None),
        (["exclude,bank,,1,Carla;Dora,,2000-01-01,"], [EXCLUDED_ALONE, APPROVED], "line 2"),
        (["exclude,bank,,1,Bela;Dora,,2000-01-01,"], [EXCLUDED_ALONE, APPROVED], None),
        (["include,bank,,2,*,,2000-01-01,"], [EXCLUDED_ALONE.replace("exclude", "include")], "line 2"),
        (["match,bank,,2,*,,2000-01-01,"], [LINE], None),
        # Including undoes excluding, and the other way round.
        (["exclude,bank,,2,*,,2000-01-01,"], [EXCLUDED_ALONE.replace("exclude", "include")], "line 2"),
        (["include,bank,,2,*,,2000-01-01,"], [EXCLUDED_ALONE], "line 2"),
        # X0 was excluded on 1 March: what was asked on that day is asked of who withdraws it.
        (["exclude,bank,,2,*,,2026-03-01,"], [WITHDRAWN], "line 2"),
        (["exclude,bank,,2,*,,2026-03-02,"], [WITHDRAWN], None),
        (["exclude,bank,,2,*,,2026-03-01,"], [WITHDRAWN, APPROVED.replace("X1", "D12")], None),
        (
            ["exclude,bank,,2,*,,2026-03-01,"],
            [WITHDRAWN.replace("X0", "X1"), EXCLUDED_ALONE, APPROVED],
            "line 2",
        ),
        (
            ["exclude,bank,,1,*,,2026-03-01,"],
            [WITHDRAWN.replace("X0", "X0 D3"), GOOD[2]],
            "line 2: it withdraws",
        ),
        (["write_off,bank,,2,*,,2026-03-01,"], [WITHDRAWN.replace("X0", "D3"), GOOD[2]], None),
    ],
)
def test_who_takes_rows_out_of_count_is_not_alone(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    policies: list[str],
    lines: list[str],
    position: str | None,
) -> None:
    header = landing.DECISION_POLICIES.read_text(encoding="utf-8").splitlines()[0]
    seed = tmp_path / "decision_policies.csv"
    seed.write_text("\n".join([header, *policies]) + "\n", encoding="utf-8")
    monkeypatch.setattr(landing, "DECISION_POLICIES", seed)
    excluded = ("exclude", "b" * 64, "sent twice", "anna", NOW)
    known = {"X0": Known(excluded, date(2026, 3, 1))}
    if position is None:
        read_text(tmp_path, *lines, known=known)
        return
    position, _, reason = position.partition(": ")
    reason = reason or "persons by decision_policies: deliver it in one file"
    with pytest.raises(UnreadableFile, match=reason) as caught:
        read_text(tmp_path, *lines, known=known)
    assert caught.value.position == position
