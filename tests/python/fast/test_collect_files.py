"""Collecting files: what is loaded, what is quarantined, and what is not done twice."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import pyarrow.parquet
import pytest

from orchestration.collect import collect, readers
from orchestration.lake.datasets import DATASETS, BankStatement, BankStatementLine, BankStatementLineDetail
from orchestration.lake.errors import LakeBusyError, UnreadableFile
from orchestration.lake.lock import lake_lock
from orchestration.settings import Settings, SettingsError


@pytest.fixture(autouse=True)
def plain_bank_format(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bank files of one amount a line: collection is under test here, not the readers."""

    def read(stream: BinaryIO, csv_profiles: object, path: object) -> Iterator[tuple]:
        for number, text in enumerate(stream.read().decode().splitlines(), start=1):
            if text == "bad":
                raise UnreadableFile("'bad' is not an amount", f"line {number}")
            if text == "bug":
                raise KeyError("bug")
            yield _line(number, Decimal(text))
            yield BankStatementLineDetail(1, number, 1, number, "EUR", Decimal(text), *(None,) * 8)
        yield BankStatement(1, 1, "statement", "DE1", "EUR", *(None,) * 8)

    monkeypatch.setattr(readers, "read", read)
    monkeypatch.setattr(readers, "detect", lambda head: "plain")


def _line(number: int, amount: Decimal) -> BankStatementLine:
    return BankStatementLine(
        1, number, number, "DE1", "EUR", amount, "booked", False, *(None,) * 9, date(2026, 11, 2), None
    )


JOURNAL_WITH_YEAR = """\
entry_id,line_no,posted_on,gl_account,amount,currency,reference,counterparty,memo,document_type,recorded_at
E-{year},1,{year}-01-05,1000,10.00,EUR,,,,,2026-01-05T08:00:00Z
"""


def rows(settings: Settings, dataset: str, columns: str = "*") -> list[tuple]:
    """The dataset's rows, sorted."""
    files = str(settings.lake / dataset / "*.parquet")
    return sorted(duckdb.execute(f"select {columns} from read_parquet('{files}')").fetchall(), key=repr)


def content(settings: Settings) -> dict[str, list[tuple]]:
    """The whole lake, but for when it was collected."""
    return {
        dataset: rows(
            settings,
            dataset,
            "* exclude (load_id)" if dataset != "collected_files" else "* exclude (load_id, collected_at)",
        )
        for dataset in DATASETS
    }


def lake_files(settings: Settings) -> set[Path]:
    """Every file of the lake."""
    return {path for path in settings.lake.rglob("*") if path.is_file()}


def deliver(settings: Settings, name: str, text: str | bytes) -> Path:
    """Put a file into the landing folder."""
    path = settings.landing / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def outcomes(settings: Settings) -> dict[str, tuple]:
    """Status, reason and position by path."""
    columns = "path, status, reason, position"
    return {path: tuple(rest) for path, *rest in rows(settings, "collected_files", columns)}


def test_empty_landing_makes_every_dataset_with_its_exact_schema(settings: Settings) -> None:
    summary = collect(settings)
    assert summary.is_nothing_new
    for dataset, schema in DATASETS.items():
        (file,) = (settings.lake / dataset).glob("*.parquet")
        assert pyarrow.parquet.read_schema(file).remove_metadata() == schema
        assert pyarrow.parquet.read_metadata(file).num_rows == 0


def test_rows_carry_types_lineage_and_control_totals(settings: Settings) -> None:
    deliver(settings, "bank/a/one.txt", "10.5\n-3.00001\n")
    at = datetime(2026, 11, 24, 3, 7, 5, 123456, tzinfo=UTC)
    summary = collect(settings, clock=lambda: at)
    assert (summary.loaded, summary.rows["bank_statement_lines"]) == (1, 2)
    (file,) = rows(
        settings, "collected_files", "path, source, format, record_count, amount_total, load_id, file_hash"
    )
    assert file[:6] == (
        "bank/a/one.txt", "bank_statements", "plain", 2, Decimal("7.49999"), "20261124T030705.123456Z",
    )  # fmt: skip
    lines = rows(settings, "bank_statement_lines", "amount, load_id, file_hash")
    assert lines == [(Decimal("-3.00001"), *file[5:]), (Decimal("10.50000"), *file[5:])]
    for dataset, schema in DATASETS.items():
        for path in (settings.lake / dataset).glob("*.parquet"):
            assert pyarrow.parquet.read_schema(path).remove_metadata() == schema


def test_nothing_new_does_nothing_and_is_quick(settings: Settings) -> None:
    for number in range(300):
        deliver(settings, f"bank/{number}.txt", f"{number}\n")
    collect(settings)
    before = lake_files(settings)
    started = time.process_time()
    summary = collect(settings)
    assert time.process_time() - started < 1  # ten times what an idle machine takes
    assert summary.is_nothing_new
    assert lake_files(settings) == before


def test_many_small_files_make_few_parquet_files(settings: Settings) -> None:
    for number in range(300):
        deliver(settings, f"bank/{number}.txt", f"{number}\n")
    collect(settings)
    assert len(list((settings.lake / "bank_statement_lines").glob("*.parquet"))) == 1
    assert len(rows(settings, "bank_statement_lines")) == 300


def test_no_load_takes_more_than_a_batch(settings: Settings) -> None:
    for number in range(20):
        deliver(settings, f"bank/{number:02}.txt", f"{number % 10}\n" * (20 + number))
    deliver(settings, "bank/large.txt", "9\n" * 500)
    small = replace(settings, batch_bytes=200)
    summary = collect(small)
    assert summary.rows["bank_statement_lines"] == len(rows(settings, "bank_statement_lines"))
    loads: dict[str, list[int]] = {}
    for load_id, byte_count in rows(settings, "collected_files", "load_id, byte_count"):
        loads.setdefault(load_id, []).append(byte_count)
    assert len(loads) > 5
    assert all(sum(sizes) <= small.batch_bytes or len(sizes) == 1 for sizes in loads.values())
    assert any(len(sizes) > 1 for sizes in loads.values())
    assert collect(small).is_nothing_new


def test_a_date_no_calendar_knows_is_quarantined(settings: Settings) -> None:
    deliver(settings, "ledger/journal_lines.csv", JOURNAL_WITH_YEAR.format(year="1926"))
    deliver(settings, "ledger/journal_lines_good.csv", JOURNAL_WITH_YEAR.format(year="2026"))
    assert collect(settings).quarantined == 1
    (status, reason, position, *_) = outcomes(settings)["ledger/journal_lines.csv"]
    assert (status, position) == ("quarantined", "line 2")
    assert "posted_on 1926-01-05" in reason


def test_an_amount_no_model_can_calculate_with_is_quarantined(settings: Settings) -> None:
    deliver(settings, "bank/scan.txt", "10\n4006381333931123450\n")
    collect(settings)
    assert outcomes(settings)["bank/scan.txt"] == (
        "quarantined",
        "amount 4006381333931123450.00000 has more than 15 digits before the point",
        "line 2",
    )
    assert rows(settings, "bank_statement_lines") == []


def test_a_ledger_export_says_by_its_name_of_which_dates_it_is_complete(settings: Settings) -> None:
    text = JOURNAL_WITH_YEAR.format(year=2026)
    deliver(settings, "ledger/journal_lines.csv", text)
    deliver(settings, "ledger/journal_lines_ACME_complete_2026-01-01_2026-01-31_v2.csv", text)
    for name in ("complete", "complete_2026-01_2026-02", "complete_2026-02-01_2026-01-31"):
        deliver(settings, f"ledger/journal_lines_{name}.csv", text)
    collect(settings)
    found = rows(settings, "collected_files", "path, status, complete_from, complete_to")
    named = {path.removeprefix("ledger/journal_lines"): rest for path, *rest in found}
    assert named == {
        ".csv": ["loaded", None, None],
        "_ACME_complete_2026-01-01_2026-01-31_v2.csv": ["duplicate", date(2026, 1, 1), date(2026, 1, 31)],
        "_complete.csv": ["quarantined", None, None],
        "_complete_2026-01_2026-02.csv": ["quarantined", None, None],
        "_complete_2026-02-01_2026-01-31.csv": ["quarantined", None, None],
    }


def test_same_bytes_under_another_name_are_a_duplicate(settings: Settings) -> None:
    deliver(settings, "bank/a.txt", "1\n")
    deliver(settings, "bank/b.txt", "1\n")
    assert collect(settings).duplicate == 1
    deliver(settings, "bank/c.txt", "1\n")
    assert collect(settings).duplicate == 1
    assert len(rows(settings, "bank_statement_lines")) == 1
    assert {path: status for path, (status, *_) in outcomes(settings).items()} == {
        "bank/a.txt": "loaded", "bank/b.txt": "duplicate", "bank/c.txt": "duplicate",
    }  # fmt: skip
    assert collect(settings).is_nothing_new


def test_a_new_time_stamp_is_not_a_new_file(settings: Settings) -> None:
    path = deliver(settings, "bank/a.txt", "1\n")
    collect(settings)
    os.utime(path, ns=(0, 0))
    assert collect(settings).is_nothing_new
    assert len(rows(settings, "collected_files")) == 1


def test_order_of_delivery_does_not_matter(settings: Settings, tmp_path: Path) -> None:
    names = [f"bank/{number}.txt" for number in range(4)]
    zones = []
    for zone, order in (("forth", names), ("back", names[::-1])):
        other = replace(settings, landing=tmp_path / zone, lake=tmp_path / f"{zone}-lake")
        for name in order:
            path = deliver(other, name, f"{name[5]}\n{'bad' if '2' in name else 7}\n")
            os.utime(path, ns=(1, 1))
            collect(other)
        zones.append(content(other))
    assert zones[0] == zones[1]


def test_unreadable_file_is_quarantined_whole_and_the_rest_goes_on(settings: Settings) -> None:
    deliver(settings, "bank/a.txt", "1\n")
    deliver(settings, "bank/b.txt", "2\n3\nbad\n")
    deliver(settings, "bank/c.txt", "4\n")
    deliver(settings, "bank/d.txt", "")
    summary = collect(settings)
    assert (summary.loaded, summary.quarantined) == (2, 2)
    assert rows(settings, "bank_statement_lines", "amount") == [(Decimal(1),), (Decimal(4),)]
    assert outcomes(settings)["bank/b.txt"] == ("quarantined", "'bad' is not an amount", "line 3")
    assert outcomes(settings)["bank/d.txt"] == ("quarantined", "is empty", None)
    assert (settings.landing / "bank/b.txt").read_text() == "2\n3\nbad\n"
    assert collect(settings).is_nothing_new


def test_large_unreadable_file_leaves_nothing_behind(settings: Settings) -> None:
    deliver(settings, "bank/a.txt", "1\n" * 45_000 + "bad\n")
    deliver(settings, "bank/b.txt", "2\n" * 45_000)
    summary = collect(settings)
    assert summary.rows["bank_statement_lines"] == len(rows(settings, "bank_statement_lines")) == 45_000
    assert summary.rows["bank_statement_line_details"] == 45_000


def test_defective_reader_is_quarantined_and_logged(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    deliver(settings, "bank/a.txt", "1\nbug\n")
    collect(settings)
    assert outcomes(settings)["bank/a.txt"] == ("quarantined", "the reader failed: KeyError: 'bug'", None)
    assert "Traceback" in caplog.text


def test_quarantined_file_is_retried_when_its_bytes_change_or_when_asked(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    deliver(settings, "bank/a.txt", "bad\n")
    collect(settings)
    again = collect(settings, retry_quarantined=True)
    assert again.is_nothing_new
    assert str(again).endswith("1 read again and refused as before")
    assert "is refused as before: " in caplog.text
    deliver(settings, "bank/a.txt", "1\n")
    assert collect(settings).loaded == 1

    deliver(settings, "bank/b.txt", "bad\n2\n")
    collect(settings)
    monkeypatch.setattr(readers, "read", lambda stream, profiles, path: iter([_line(1, Decimal(2))]))
    assert collect(settings).is_nothing_new
    assert collect(settings, retry_quarantined=True).loaded == 1
    statuses = rows(settings, "collected_files", "load_id, path, status")
    assert [status for _, path, status in statuses if path == "bank/b.txt"] == ["quarantined", "loaded"]


def test_file_that_changes_while_it_is_read_waits(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(settings, "bank/a.txt", "1\n")
    growing = deliver(settings, "bank/b.txt", "2\n")
    vanishing = deliver(settings, "bank/c.txt", "3\n")
    deliver(settings, "bank/d.txt", "4\n")
    read = readers.read

    def meddle(stream: BinaryIO, profiles: object, path: object) -> Iterator[Any]:
        text = stream.read()
        stream.seek(0)
        if text == b"2\n":
            growing.write_text("2\n5\n")
            vanishing.unlink()
        return read(stream, profiles, path)

    monkeypatch.setattr(readers, "read", meddle)
    summary = collect(settings)
    assert summary.deferred == ["bank/b.txt", "bank/c.txt"]
    assert rows(settings, "bank_statement_lines", "amount") == [(Decimal(1),), (Decimal(4),)]
    assert collect(settings).loaded == 1
    assert len(rows(settings, "bank_statement_lines")) == 4


def test_too_large_file_is_quarantined_unread_until_the_limit_allows_it(settings: Settings) -> None:
    deliver(settings, "bank/a.txt", "1\n" * 100)
    small = replace(settings, max_file_bytes=100)
    assert collect(small).quarantined == 1
    assert collect(small).unchanged == 0
    assert collect(small, retry_quarantined=True).unchanged == 1
    assert "has 200 bytes, more than the 100" in outcomes(settings)["bank/a.txt"][1]
    assert collect(small).is_nothing_new
    assert collect(settings).loaded == 1


def test_no_link_is_followed(settings: Settings, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("1\n")
    (tmp_path / "folder").mkdir()
    (settings.landing / "bank/file.txt").symlink_to(secret)
    (settings.landing / "bank/folder").symlink_to(tmp_path / "folder")
    deliver(settings, "bank/real.txt", "2\n")
    (settings.landing / "bank/within.txt").symlink_to("real.txt")
    (settings.landing / "bank/nothing.txt").symlink_to("missing.txt")
    (settings.landing / "bank/loop.txt").symlink_to("loop.txt")
    (settings.landing / "bank/inside").symlink_to(".")
    collect(settings)
    found = outcomes(settings)
    links = {"file.txt", "folder", "within.txt", "nothing.txt", "loop.txt", "inside"}
    assert {found[f"bank/{name}"][:2] for name in links} == {
        ("quarantined", "is a link, and links are not followed: deliver the file itself")
    }
    assert found["bank/real.txt"][0] == "loaded"
    assert len(rows(settings, "bank_statement_lines")) == 1
    assert collect(settings).is_nothing_new


def test_only_deliveries_are_looked_at(settings: Settings) -> None:
    for name in ("notes.txt", "crm/people.csv", "bank/.hidden", "bank/.git/x", "ledger/README.md"):
        deliver(settings, name, "1\n")
    deliver(settings, "ledger/budget.xlsx", "1\n")
    os.close(os.open(os.fsencode(settings.landing) + b"/bank/caf\xe9.txt", os.O_CREAT))
    summary = collect(settings)
    assert (summary.seen, summary.quarantined) == (2, 2)
    found = outcomes(settings)
    assert found["ledger/budget.xlsx"][1].startswith("is not a ledger export")
    assert found["bank/caf\\xe9.txt"][1] == "is empty"


def test_missing_landing_folder_names_the_setting(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="TIEOUT_LANDING"):
        collect(replace(settings, landing=settings.landing / "missing"))


def test_second_collect_waits_or_gives_up(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    impatient = replace(settings, lock_timeout_seconds=0)
    with lake_lock(settings.lake, 1), pytest.raises(LakeBusyError, match="TIEOUT_LOCK_TIMEOUT_SECONDS"):
        collect(impatient)
    with lake_lock(settings.lake, 1):
        second = threading.Thread(target=collect, args=[settings])
        second.start()
        time.sleep(0.3)
        assert not (settings.lake / "collected_files").exists()
    second.join(20)
    assert (settings.lake / "collected_files").is_dir()
    assert "waiting for another collect" in caplog.text


def test_load_ids_rise_although_the_clock_stands_still(settings: Settings) -> None:
    at = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    for number in range(3):
        deliver(settings, f"bank/{number}.txt", f"{number}\n")
        collect(settings, clock=lambda: at)
    assert rows(settings, "collected_files", "load_id") == [
        (f"20261124T030000.00000{number}Z",) for number in range(3)
    ]


def test_progress_is_logged(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("orchestration.collect.run._PROGRESS_SECONDS", 0.0)
    for number in range(3):
        deliver(settings, f"bank/{number}.txt", f"{number}\n")
    with caplog.at_level(logging.INFO):
        collect(settings)
    assert "2 of 3 files" in caplog.text
