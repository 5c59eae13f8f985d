"""A fault of each kind, planted in ordinary days, is found, and nothing else is."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

from orchestration.settings import PROJECT_DIR

LINES_A_DAY = 300


def benchmark() -> ModuleType:
    """The generator of ordinary days, which benchmarks/anomalies.py measures with."""
    spec = importlib.util.spec_from_file_location("anomalies", PROJECT_DIR / "benchmarks" / "anomalies.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_planted_is_found_and_nothing_else(tmp_path: Path) -> None:
    generator = benchmark()
    days = generator.business_days(110)
    clean = list(generator.metrics(len(generator.PLANTS), days, seed=5, sizes=(LINES_A_DAY,)))
    rows, kinds = generator.planted(clean, days[60], seed=5)
    assert sorted(kinds.values()) == sorted(generator.PLANTS)
    judged = generator.judge(rows, tmp_path / "zone")
    found = judged.execute(
        "select subject, business_date, metric, explanation from operations.fct_anomalies"
        " where status = 'anomaly'"
    ).fetchall()
    planted = {(subject, date, generator.PLANTS[kind][0]) for (subject, date), kind in kinds.items()}
    assert {(subject, str(date), metric) for subject, date, metric, _ in found} == planted
    assert all("expected about" in explanation for *_, explanation in found)
    judged.close()
