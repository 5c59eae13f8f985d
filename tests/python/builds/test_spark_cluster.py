"""A cluster of a master and two workers builds the same marts, though a worker is killed while it works."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from dbt_runs import DBT, MODELS_ONLY, run_dbt, warehouse_of

from orchestration.settings import PROJECT_DIR
from orchestration.warehouse.parity import compare

pytest.importorskip("pyspark")

BUILT = ("build", *MODELS_ONLY, "--select", "+fct_pending_bank_lines", "+dim_employees")
TABLES_BEFORE_THE_KILL = 8


@pytest.mark.more
@pytest.mark.skipif(not shutil.which("java"), reason="Left out: a Spark cluster, for want of Java 17")
def test_a_worker_is_killed_and_the_marts_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.warehouse.spark_cluster import spark_cluster

    spark = tmp_path / "spark"
    monkeypatch.setenv("TIEOUT_PSEUDONYM_KEY", "of executors too")
    run_dbt(*BUILT, zone=tmp_path, landing=PROJECT_DIR / "landing")
    with spark_cluster() as cluster:
        build = subprocess.Popen(
            [DBT, *BUILT, "--target", "spark", "--target-path", str(tmp_path / "target_spark")],
            cwd=PROJECT_DIR,
            env=os.environ
            | cluster.environment
            | {"TIEOUT_LAKE": str(tmp_path / "lake"), "TIEOUT_SPARK_WAREHOUSE": str(spark)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        while build.poll() is None and len([*spark.glob("*.db/*/_SUCCESS")]) < TABLES_BEFORE_THE_KILL:
            time.sleep(0.1)
        assert build.poll() is None, build.stdout.read()
        cluster.kill("worker-1")
        said, _ = build.communicate()
        assert build.returncode == 0, said
    tables = compare(warehouse_of(tmp_path), spark)
    assert {"dim_employees", "fct_pending_bank_lines"} <= {table.table for table in tables}
    assert [table for table in tables if not table.is_equal] == []
