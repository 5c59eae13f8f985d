"""What is in the lake wrongly is taken out of count by a decision, in files or rows, and back again."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
from dbt_runs import MODELS_ONLY, run_dbt, warehouse_of

HEADER = (
    "entry_id,line_no,posted_on,gl_account,amount,currency,reference,counterparty,memo,document_type,"
    "recorded_at"
)
ENTRY = "{entry},{line},2026-03-02,1000,{amount},EUR,,,,,2026-03-02T08:00:00Z"
DECISION = "{number},{decision},{subjects},entered twice,ann,2026-03-0{day}T08:00:00,"
DECISIONS = "decision_id,decision,subjects,reason,decided_by,decided_at,until_on"


def test_the_latest_decision_says_what_of_a_file_counts(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    (landing / "ledger").mkdir(parents=True)
    (landing / "decisions").mkdir()
    hashes = {}
    for name in ("right", "wrong"):
        lines = [ENTRY.format(entry=name, line=line, amount=line) for line in (1, 2)]
        content = "\n".join([HEADER, *lines, ""])
        (landing / "ledger" / f"journal_lines_{name}.csv").write_text(content)
        hashes[name] = hashlib.sha256(content.encode()).hexdigest()

    def counting(day: int, decision: str, subjects: str) -> list[tuple]:
        """Entries, lines and the wrong file's status after a decision of a day of March."""
        row = DECISION.format(number=f"D{day}", decision=decision, subjects=subjects, day=day)
        (landing / "decisions" / f"{day}.csv").write_text(f"{DECISIONS}\n{row}\n")
        selected = ["--select", "stg_collect__files", "stg_ledger__journal_lines", "stg_decisions__decisions"]
        run_dbt("build", *MODELS_ONLY, *selected, zone=tmp_path, landing=landing)
        with duckdb.connect(str(warehouse_of(tmp_path)), read_only=True) as warehouse:
            counted = warehouse.execute(
                "select entry_id, line_no from staging.stg_ledger__journal_lines order by all"
            ).fetchall()
            (status,) = warehouse.execute(
                "select file_status from staging.stg_collect__files where path like '%wrong%'"
            ).fetchone()
        return [*counted, status]

    right, wrong = [("right", 1), ("right", 2)], [("wrong", 1), ("wrong", 2)]
    assert counting(1, "explain", "an-item") == [*right, *wrong, "loaded"]
    assert counting(2, "exclude", hashes["wrong"]) == [*right, "excluded"]
    assert counting(3, "exclude", f"{hashes['wrong']}:3 {hashes['right']}:2") == [
        ("right", 2),
        ("wrong", 1),
        "loaded",
    ]
    assert counting(4, "include", hashes["wrong"]) == [("right", 2), *wrong, "loaded"]
    # As if the decision of the 4th had not been, so that of the 3rd is the latest.
    assert counting(5, "withdraw", "D4") == [("right", 2), ("wrong", 1), "loaded"]
    # Of the right file nothing else was said before.
    assert counting(6, "withdraw", "D3") == [*right, "excluded"]
    assert counting(7, "withdraw", "D2") == [*right, *wrong, "loaded"]


def test_who_writes_a_file_takes_no_decision_of_others_out_of_count(tmp_path: Path) -> None:
    folder = tmp_path / "landing" / "decisions"
    folder.mkdir(parents=True)
    content = f"{DECISIONS}\n{DECISION.format(number='D1', decision='explain', subjects='an-item', day=1)}\n"
    (folder / "ann.csv").write_text(content)
    theirs = DECISION.format(
        number="D2", decision="exclude", subjects=hashlib.sha256(content.encode()).hexdigest(), day=2
    )
    (folder / "other.csv").write_text(f"{DECISIONS}\n{theirs}\n")
    selected = ["--select", "stg_collect__files", "stg_decisions__decisions"]
    run_dbt("build", *MODELS_ONLY, *selected, zone=tmp_path, landing=tmp_path / "landing")
    with duckdb.connect(str(warehouse_of(tmp_path)), read_only=True) as warehouse:
        decided = warehouse.execute("select decision_id from staging.stg_decisions__decisions order by all")
        assert decided.fetchall() == [("D1",), ("D2",)]
        files = warehouse.execute("select distinct file_status, exclusion_id from staging.stg_collect__files")
        assert files.fetchall() == [("loaded", None)]
