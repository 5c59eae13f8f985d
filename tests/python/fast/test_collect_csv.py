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


def deliver(settings: Settings, name: str, text: str) -> None:
    path = settings.landing / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def outcomes(settings: Settings) -> dict[str, tuple[str, str | None]]:
    found = rows(settings, "collected_files", "path, status, reason")
    return {path.removeprefix("bank/"): (status, reason) for path, status, reason in found}


def test_same_bytes_of_another_account_are_told(settings: Settings) -> None:
    """Else what was put into the wrong folder, and then into the right one, would stay in the wrong one."""
    text = "!Type:Bank\nD13/01/2026\nT-5.00\nPAcme\n^\n"
    for folder in ("account=1", "account=1/moved", "account=2"):
        deliver(settings, f"bank/currency=EUR/{folder}/a.qif", text)
    summary = collect(settings)
    assert (summary.loaded, summary.duplicate, summary.quarantined) == (1, 1, 1)
    status, reason = outcomes(settings)["currency=EUR/account=2/a.qif"]
    told = (
        "the same bytes were loaded as bank/currency=EUR/account=1/a.qif, whose path does not say account=2"
    )
    assert (status, reason.partition(";")[0]) == ("quarantined", told)
    assert collect(settings).is_nothing_new
    deliver(settings, "bank/currency=EUR/account=2/a.qif", f"{text}\n")
    assert collect(settings).loaded == 1
    assert sorted(rows(settings, "bank_statement_lines", "account_number")) == [("1",), ("2",)]


def test_same_bytes_that_name_their_account_are_a_duplicate_in_any_folder(settings: Settings) -> None:
    text = (Path(__file__).parents[1] / "samples" / "statement.mt940").read_text()
    for folder in ("account=1", "account=2", "encoding=cp1250"):
        deliver(settings, f"bank/{folder}/a.sta", text)
    summary = collect(settings)
    assert (summary.loaded, summary.duplicate, summary.quarantined) == (1, 1, 1)
    assert "does not say encoding=cp1250" in outcomes(settings)["encoding=cp1250/a.sta"][1]
