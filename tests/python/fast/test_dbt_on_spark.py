"""What stands around a run of dbt on Spark: one at a time, what a kill left removed, what it read known."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.settings import Settings
from orchestration.warehouse.dbt_on_spark import hand_over_what_is_left, known_invocation, remove_cut_off
from orchestration.warehouse.dbt_process import dbt_program
from orchestration.warehouse.hand_over import HandOverError

BEGAN = datetime.datetime(2026, 3, 26, 5, 0, tzinfo=datetime.UTC)


def test_what_a_kill_left_of_a_table_is_removed_and_whole_tables_and_other_folders_stay(
    tmp_path: Path,
) -> None:
    kept = [
        "marts.db/whole/_SUCCESS",
        "marts.db/whole/part-0.parquet",
        "marts.db/written_again/_SUCCESS",
        "marts.db/written_again/_temporary/0/part-1.parquet",
        "ops.db/batch_ledger/one/_SUCCESS",
        "ops.db/batch_ledger/_temporary/0/part-1.parquet",
        "metastore/service.properties",
        "lake/_temporary/mine.csv",
    ]
    for name in [*kept, "marts.db/cut_off/_temporary/0/part-0.parquet", "marts.db/cut_off/part-1.parquet"]:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    remove_cut_off(tmp_path)
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert files == set(kept)
    assert not (tmp_path / "marts.db" / "cut_off").exists()


@pytest.mark.parametrize(
    ("ended", "variables", "known"),
    [
        (BEGAN + datetime.timedelta(hours=1), {}, "run-1"),
        # Of a run before: this one got no further than its own start.
        (BEGAN - datetime.timedelta(hours=1), {}, None),
        (BEGAN + datetime.timedelta(hours=1), {"batch_force": ["2026-03-25"]}, None),
    ],
)
def test_inputs_are_of_the_run_that_read_them(
    ended: datetime.datetime, variables: dict, known: str | None, tmp_path: Path
) -> None:
    results = {
        "metadata": {"invocation_id": "run-1", "generated_at": ended.isoformat()},
        "args": {"vars": variables},
        "results": [],
    }
    (tmp_path / "run_results.json").write_text(json.dumps(results))
    assert known_invocation(tmp_path, BEGAN) == known
    (tmp_path / "run_results.json").write_text("{cut off")
    assert known_invocation(tmp_path, BEGAN) is None


def test_a_run_waits_for_another_and_says_for_how_long(settings: Settings, tmp_path: Path) -> None:
    from filelock import FileLock

    spark = replace(settings, target="spark", warehouse=tmp_path / "tieout.duckdb", lock_timeout_seconds=0)
    with (
        FileLock(tmp_path / "tieout.build.lock"),
        pytest.raises(HandOverError, match="another build has held the warehouse"),
    ):
        hand_over_what_is_left(spark, tmp_path)


def test_the_engine_of_the_deployment_runs_dbt(settings: Settings) -> None:
    (program,) = dbt_program(replace(settings, target="duckdb"))
    assert Path(program).name == "dbt"
    for target in ("spark", "spark_connect", "spark_thrift"):
        assert dbt_program(replace(settings, target=target))[1:] == [
            "-m",
            "orchestration.warehouse.dbt_on_spark",
        ]
