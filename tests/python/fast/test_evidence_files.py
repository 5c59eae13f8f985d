"""How handed-over files are written: folders whole or not at all, amounts, fiscal years and periods."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from orchestration.evidence import EvidenceError
from orchestration.evidence.books import QUERIES
from orchestration.evidence.folders import new_folder


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.fixture
def functions() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("set variable first_month = null::integer")
    connection.execute((QUERIES / "functions.sql").read_text())
    return connection


def test_a_folder_appears_when_it_is_whole_with_the_sums_of_its_files(tmp_path: Path) -> None:
    with new_folder(tmp_path / "deep" / "books") as folder:
        (folder / "a.csv").write_bytes(b"abc")
        (folder / "part").mkdir()
        (folder / "part" / "empty.txt").touch()
        assert not (tmp_path / "deep" / "books").exists()
    assert (tmp_path / "deep" / "books" / "SHA256SUMS").read_text() == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.csv\n"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  part/empty.txt\n"
    )
    assert _names(tmp_path / "deep") == ["books"]


def test_a_folder_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), new_folder(tmp_path / "books") as folder:
        (folder / "half.csv").write_text("half")
        raise ZeroDivisionError
    assert _names(tmp_path) == []


def test_only_a_new_or_empty_folder_is_written(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with new_folder(tmp_path / "empty"):
        pass
    assert _names(tmp_path / "empty") == ["SHA256SUMS"]
    (tmp_path / "file").touch()
    for name in ("empty", "file"):
        with pytest.raises(EvidenceError, match="is there already"), new_folder(tmp_path / name):
            pytest.fail("it was written")


@pytest.mark.parametrize(
    ("first_month", "day", "fiscal_year", "period"),
    [
        (1, "2026-01-01", "2026", "M01"),
        (1, "2026-12-31", "2026", "M12"),
        (4, "2026-03-31", "2026", "M12"),
        (4, "2026-04-01", "2027", "M01"),
        (7, "2025-12-31", "2026", "M06"),
        (12, "2026-11-30", "2026", "M12"),
        (12, "2026-12-01", "2027", "M01"),
        (2, "2024-02-29", "2025", "M01"),
        (None, "2026-05-05", None, None),
    ],
)
def test_a_fiscal_year_is_named_by_the_year_it_ends_in(
    functions: duckdb.DuckDBPyConnection,
    first_month: int | None,
    day: str,
    fiscal_year: str | None,
    period: str | None,
) -> None:
    functions.execute("set variable first_month = $month", {"month": first_month})
    assert functions.execute(
        "select fiscal_year_of($day), period_of($day)", {"day": datetime.date.fromisoformat(day)}
    ).fetchone() == (fiscal_year, period)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("0", "0.00"),
        ("1000", "1000.00"),
        ("-0.1", "-0.10"),
        ("1.23400", "1.234"),
        ("100.00001", "100.00001"),
        ("999999999999999.99", "999999999999999.99"),
    ],
)
def test_an_amount_has_all_its_decimals_and_two_at_least(
    functions: duckdb.DuckDBPyConnection, amount: str, written: str
) -> None:
    assert functions.execute(
        "select plain(cast($amount as decimal(28, 5)))", {"amount": Decimal(amount)}
    ).fetchone() == (written,)
