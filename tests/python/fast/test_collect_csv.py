"""A CSV that no profile declares, and the collect after its profile was added."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.collect import CollectSummary, collect, landing
from orchestration.settings import Settings


def rows(settings: Settings, dataset: str, columns: str) -> list[tuple]:
    files = str(settings.lake / dataset / "*.parquet")
    return duckdb.execute(f"select {columns} from read_parquet('{files}')").fetchall()


def test_profile_that_is_added_reads_the_quarantined_csv_in_the_next_collect(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = tmp_path / "csv_profiles.csv"
    header, *_ = landing.CSV_PROFILES.read_text().splitlines(keepends=True)
    seed.write_text(header)
    monkeypatch.setattr(landing, "CSV_PROFILES", seed)
    hours = iter(datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in range(12))

    def next_collect(profiles_at: int) -> CollectSummary:
        at = datetime(2026, 1, 1, profiles_at, 30, tzinfo=UTC).timestamp()
        os.utime(seed, (at, at))
        now = next(hours)
        return collect(settings, clock=lambda: now)

    folder = settings.landing / "bank" / "account=7"
    folder.mkdir(parents=True)
    (folder / "x.csv").write_text("Post Date,Amount,Details\n02/14/2026,-$12.50,Paper\n")
    (folder / "y.csv").write_text("Post Date,Amount\n02/14/2026,oops\n")
    assert next_collect(0).quarantined == 2
    assert next_collect(0).quarantined == 2  # the profiles were touched at half past the first collect
    assert next_collect(0).is_nothing_new
    reasons = {Path(path).name: reason for path, reason in rows(settings, "collected_files", "path, reason")}
    reason = reasons["x.csv"]
    seed.write_text(header + reason.rpartition("collect again: ")[2] + "\n")
    summary = next_collect(2)
    assert (summary.loaded, summary.quarantined) == (1, 1)
    assert next_collect(2).is_nothing_new
    assert rows(settings, "bank_statement_lines", "account_number, amount") == [("7", Decimal("-12.50000"))]


def test_profile_that_is_wrong_stops_no_other_format(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = tmp_path / "csv_profiles.csv"
    seed.write_text(landing.CSV_PROFILES.read_text().replace("credit_positive", "plus"))
    monkeypatch.setattr(landing, "CSV_PROFILES", seed)
    samples = Path(__file__).parents[1] / "samples"
    for name in ("statement.mt940", "statement_us.csv"):
        (settings.landing / "bank" / name).write_bytes((samples / name).read_bytes())
    collect(settings)
    reasons = {Path(path).name: reason for path, reason in rows(settings, "collected_files", "path, reason")}
    assert reasons["statement.mt940"] is None
    assert (
        "profile us_amount: sign is neither credit_positive nor debit_positive" in reasons["statement_us.csv"]
    )
