"""The batches of the real models: a late record reruns its own date and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
from dbt_runs import MODELS_ONLY, run_dbt, warehouse_of

from orchestration.settings import PROJECT_DIR

SELECTED = ["--select", "+fct_batch_runs", "+fct_batch_gaps"]
COLUMNS = "entry_id line_no posted_on gl_account amount currency reference counterparty memo document_type"
LATE_ENTRY = f"""{COLUMNS.replace(" ", ",")},recorded_at
JE-LATE,1,2026-01-15,6300,10.00,USD,,,Late expense,expense_claim,2026-03-27T08:00:00Z
JE-LATE,2,2026-01-15,1010,-10.00,USD,,,Late expense,expense_claim,2026-03-27T08:00:00Z
"""


def runs(zone: Path, run_number: int) -> list[tuple[str, str, str, str]]:
    """Attempts of one run of each model: model, batch, reason, status."""
    with duckdb.connect(str(warehouse_of(zone)), read_only=True) as connection:
        assert connection.execute("select count(*) from operations.fct_batch_gaps").fetchone() == (0,)
        return connection.execute(
            """
            select model, batch_id, reason, status
            from operations.fct_batch_runs
            where run_number = ?
            order by model, batch_id
            """,
            [run_number],
        ).fetchall()


def test_a_late_entry_reruns_its_own_date(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    (landing / "ledger").mkdir(parents=True)
    for name in ("accounts", "journal_lines_2026-01"):
        shutil.copy(PROJECT_DIR / "landing" / "ledger" / f"{name}.csv", landing / "ledger")
    shutil.copytree(PROJECT_DIR / "landing" / "bank" / "eur-savings", landing / "bank" / "eur-savings")

    def build() -> None:
        run_dbt("build", *MODELS_ONLY, *SELECTED, zone=tmp_path, landing=landing, batch_grain="day")

    build()
    first = runs(tmp_path, 1)
    assert len(first) > 20
    assert {(reason, status) for _, _, reason, status in first} == {("new", "done")}

    build()
    assert runs(tmp_path, 2) == []

    (landing / "ledger" / "journal_lines_late.csv").write_text(LATE_ENTRY)
    build()
    assert runs(tmp_path, 2) == [("intermediate.int_journal_lines_cleaned", "2026-01-15", "changed", "done")]
