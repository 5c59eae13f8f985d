"""Ledger exports: strict reading of CSV and Parquet, with the place of the first thing that is wrong."""

from __future__ import annotations

import logging
import time
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from orchestration.collect.ledger_files import read_ledger_file
from orchestration.lake.errors import UnreadableFile
from orchestration.lake.spool import Spool

HEADER = (
    "entry_id,line_no,posted_on,gl_account,amount,currency,"
    "reference,counterparty,memo,document_type,recorded_at"
)
LINE = "E1,1,2026-11-01,1000,12.50,EUR,,,,,2026-11-01T10:00:00"


def read(tmp_path: Path, data: bytes | str, source: str = "journal_lines") -> list[dict]:
    """The rows of an export."""
    spool = Spool(tmp_path / "spool")
    stream = BytesIO(data if isinstance(data, bytes) else data.encode())
    counted = read_ledger_file(stream, f"ledger/{source}.csv", source, spool, "hash", "load")
    spool.close()
    rows = [row for table in spool.tables(source) for row in table.to_pylist()]
    assert counted.record_count == len(rows)
    assert counted.amount_total == sum((row.get("amount", Decimal(0)) for row in rows), Decimal(0))
    return rows


def journal(*lines: str, header: str = HEADER) -> str:
    """A CSV export."""
    return "\n".join([header, *lines]) + "\n"


def test_columns_by_name_types_and_blank_values(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    header = "recorded_at,extra," + HEADER.removesuffix(",recorded_at")
    line = '2026-11-01 12:00:00.5+02:00,x,E1,2,2026-11-30,0042,-0.00001,EUR,"R ""1""",,,invoice'
    with caplog.at_level(logging.INFO):
        (row,) = read(tmp_path, b"\xef\xbb\xbf" + journal(line, header=header).replace("\n", "\r\n").encode())
    assert row == {
        "line_number": 2,
        "entry_id": "E1",
        "line_no": 2,
        "gl_account": "0042",
        "currency": "EUR",
        "amount": Decimal("-0.00001"),
        "reference": 'R "1"',
        "counterparty": None,
        "memo": None,
        "document_type": "invoice",
        "original_currency": None,
        "original_amount": None,
        "posted_on": date(2026, 11, 30),
        "company": None,
        "fiscal_year": None,
        "bank_account": None,
        "recorded_at": datetime(2026, 11, 1, 10, 0, 0, 500000, tzinfo=UTC),
        "file_hash": "hash",
        "load_id": "load",
    }
    assert "columns ignored: extra" in caplog.text


def test_original_currency_and_amount_are_optional_columns(tmp_path: Path) -> None:
    header = HEADER + ",original_amount,original_currency"
    (row,) = read(tmp_path, journal(LINE + ",-14.00,USD", header=header))
    assert (row["original_currency"], row["original_amount"]) == ("USD", Decimal("-14.00"))


def test_company_and_fiscal_year_are_optional_columns(tmp_path: Path) -> None:
    header = HEADER + ",fiscal_year,company"
    (row,) = read(tmp_path, journal(LINE + ",2026,ACME", header=header))
    assert (row["company"], row["fiscal_year"]) == ("ACME", "2026")


def test_bank_and_last_day_are_optional_columns_of_accounts(tmp_path: Path) -> None:
    header = "gl_account,name,type,currency,bank_account"
    (row,) = read(tmp_path / "1", f"{header}\n1000,Bank,asset,EUR,555\n", "ledger_accounts")
    assert (row["bank_id"], row["closed_on"]) == (None, None)
    text = f"{header},closed_on,bank_id\n1000,Bank,asset,EUR,555,2026-01-15,021000021\n"
    (row,) = read(tmp_path / "2", text, "ledger_accounts")
    assert (row["bank_id"], row["closed_on"]) == ("021000021", date(2026, 1, 15))


def test_an_amount_beyond_calculation_is_refused_with_its_line(tmp_path: Path) -> None:
    most = LINE.replace("12.50", "-999999999999999.99999")
    (row,) = read(tmp_path / "1", journal(most))
    assert row["amount"] == Decimal("-999999999999999.99999")
    barcode = LINE.replace("12.50", "-1000000000000000")
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path / "2", journal(LINE, barcode))
    assert str(caught.value) == (
        "amount -1000000000000000.00000 has more than 15 digits before the point (line 3)"
    )


def test_original_currency_in_parquet(tmp_path: Path) -> None:
    names, values = HEADER.split(","), LINE.split(",")
    sink = BytesIO()
    columns = {name: [value] for name, value in zip(names, values, strict=True)} | {
        "original_currency": ["usd"]
    }
    pyarrow.parquet.write_table(pyarrow.table(columns), sink)
    (row,) = read(tmp_path, sink.getvalue())
    assert (row["original_currency"], row["original_amount"]) == ("usd", None)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (",14.00,US", "original_currency 'US' is not a currency code (line 2)"),
        (",1e2,USD", "original_amount '1e2' is not a plain decimal"),
    ],
)
def test_original_values_are_read_strictly(tmp_path: Path, values: str, reason: str) -> None:
    header = HEADER + ",original_amount,original_currency"
    with pytest.raises(UnreadableFile, match="original") as caught:
        read(tmp_path, journal(LINE + values, header=header))
    assert reason in str(caught.value)


def test_line_numbers_are_physical(tmp_path: Path) -> None:
    broken = LINE.replace("EUR,,,,", 'EUR,"a\nb",,"c\n\nd",')
    rows = read(tmp_path, journal(LINE, broken, "", LINE, "", "", LINE).rstrip("\n"))
    assert [row["line_number"] for row in rows] == [2, 3, 8, 11]


def test_line_numbers_across_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.collect.ledger_files._BLOCK_BYTES", 500)
    broken = LINE.replace("EUR,,,,", 'EUR,"a\nb",,,')
    rows = read(tmp_path, journal(*[LINE, broken] * 30))
    assert [row["line_number"] for row in rows] == [n for i in range(30) for n in (2 + 3 * i, 3 + 3 * i)]


def test_header_alone_is_an_export_without_rows(tmp_path: Path) -> None:
    assert read(tmp_path, HEADER) == []


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_record_of_another_width_in_another_encoding_says_so_alone(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"^is not UTF-8: byte 0xFF at byte 167 \(line 4\)$"):
        read(tmp_path, journal(LINE, "E2,").encode() + b"\xff\n")


def test_records_of_another_width_are_told_by_the_first_of_them(tmp_path: Path) -> None:
    wide = LINE.replace("EUR,,,,", 'EUR,"a\nb",,,,')
    with pytest.raises(UnreadableFile, match=r"^a record has 12 values where the header has 11 \(line 5\)$"):
        read(tmp_path, journal(LINE.replace("EUR,,", 'EUR,"a\nb",'), "", wide, "x", LINE))


@pytest.mark.parametrize(
    ("old", "new", "reason", "position"),
    [
        ("12.50", "12.500001", "amount '12.500001' is not a plain decimal", "line 3"),
        ("12.50", "1e3", "amount '1e3' is not", "line 3"),
        ("12.50", "1.234,56", "a record has 12 values where the header has 11", "line 3"),
        ("12.50", "", "amount is blank", "line 3"),
        ("12.50", " 1", "amount ' 1' is not", "line 3"),
        ("EUR", "Euros", "currency 'Euros' is not a currency code", "line 3"),
        ("2026-11-01,1000", "2026-02-30,1000", "posted_on '2026-02-30' is not a date", "line 3"),
        ("2026-11-01,1000", "01.11.2026,1000", "posted_on '01.11.2026' is not a date", "line 3"),
        ("T10:00:00", "T25:00:00", "recorded_at '2026-11-01T25:00:00' is not a timestamp", "line 3"),
        ("2026-11-01T10:00:00", "", "recorded_at is blank", "line 3"),
        ("E1,1,", "E1,1.0,", "line_no '1.0' is not a whole number", "line 3"),
        ("EUR,,,,,2026-11-01T10:00:00", "EUR", "a record has 6 values", "line 3"),
        ("E1,", '"E1,', "a quoted value is broken", "line 3"),
    ],
)
def test_first_bad_value_is_named(tmp_path: Path, old: str, new: str, reason: str, position: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path, journal(LINE, LINE.replace(old, new), LINE))
    assert caught.value.reason.startswith(reason)
    assert caught.value.position == position


def test_bad_value_after_quoted_line_breaks(tmp_path: Path) -> None:
    broken = LINE.replace("EUR,,,,", 'EUR,"a\nb",,,')
    for bad in (LINE.replace("12.50", "x"), LINE + ",1"):
        with pytest.raises(UnreadableFile) as caught:
            read(tmp_path / bad[-1], journal(broken, "", bad))
        assert caught.value.position == "line 5"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (journal(LINE).encode("utf-16"), "is not UTF-8: byte 0xFF at byte 0"),
        (journal(LINE).replace(",", ";"), "columns missing: entry_id"),
        (journal(LINE.replace("EUR,", "EUR,café")).encode("latin-1"), "is not UTF-8: byte 0xE9"),
        (journal(LINE) + LINE.replace("EUR,,", 'EUR,"cut', 1), "a quoted value is broken"),
        (journal(LINE) + LINE[:30], "a record has"),
        (
            HEADER.replace("amount,", "").replace("memo,", ""),
            "columns missing: amount, memo; given: 'entry_id, line_no,",
        ),
        (HEADER.replace("memo", "amount") + ",memo", "columns given twice: amount"),
        (b"\n", "columns missing"),
        (b"PAR1 but not Parquet", "is not a readable Parquet file"),
    ],
)
def test_file_that_is_no_export(tmp_path: Path, data: bytes | str, reason: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path, data)
    assert caught.value.reason.startswith(reason)


def test_accounts(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        "name,type,currency,bank_account,gl_account\nBank,asset,EUR,DE1,1000\nSales,income,EUR,,4000\n",
        "ledger_accounts",
    )
    assert [(row["gl_account"], row["bank_account"]) for row in rows] == [("1000", "DE1"), ("4000", None)]


def parquet(**replaced: pyarrow.Array) -> bytes:
    """A Parquet export of two lines, with some columns of other types."""
    columns = {
        "entry_id": pyarrow.array(["E1", "E1"]).dictionary_encode(),
        "line_no": pyarrow.array([1, 2], pyarrow.int16()),
        "posted_on": pyarrow.array([date(2026, 11, 1)] * 2),
        "gl_account": pyarrow.array([1000, 2000]),
        "amount": pyarrow.array([Decimal("1.50000000"), Decimal("-1.50000000")], pyarrow.decimal128(38, 8)),
        "currency": pyarrow.array(["EUR"] * 2, pyarrow.large_string()),
        "reference": pyarrow.nulls(2),
        "counterparty": pyarrow.array(["", "x"]),
        "memo": pyarrow.nulls(2, pyarrow.string()),
        "document_type": pyarrow.nulls(2),
        "recorded_at": pyarrow.array([datetime(2026, 11, 1, 10)] * 2, pyarrow.timestamp("ns")),
    } | replaced
    sink = BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), sink)
    return sink.getvalue()


def test_parquet_of_any_convertible_types(tmp_path: Path) -> None:
    first, second = read(tmp_path / "plain", parquet())
    assert (first["gl_account"], first["amount"], first["counterparty"]) == ("1000", Decimal("1.50000"), None)
    assert (second["line_number"], second["recorded_at"]) == (2, datetime(2026, 11, 1, 10, tzinfo=UTC))
    local = datetime(2026, 11, 1, 10, tzinfo=timezone(timedelta(hours=2)))
    others = parquet(
        amount=pyarrow.array([0.1, -1234567.89]),
        posted_on=pyarrow.array([datetime(2026, 11, 1)] * 2),
        recorded_at=pyarrow.array([local] * 2, pyarrow.timestamp("ms", "Europe/Berlin")),
        line_no=pyarrow.array(["1", "2"]),
    )
    first, second = read(tmp_path / "other", others)
    assert (first["amount"], second["amount"]) == (Decimal("0.10000"), Decimal("-1234567.89000"))
    assert (first["posted_on"], first["recorded_at"].hour) == (date(2026, 11, 1), 8)


@pytest.mark.parametrize(
    ("column", "values", "reason"),
    [
        ("amount", pyarrow.array([1.0, 0.1 + 0.2]), "amount '0.30000000000000004' is not a plain"),
        ("amount", pyarrow.array([1.0, float("nan")]), "amount 'NaN' is not a plain"),
        ("amount", pyarrow.array([Decimal("1"), Decimal("0.000001")]), "amount '0.000001' is not"),
        (
            "posted_on",
            pyarrow.array([datetime(2026, 11, 1), datetime(2026, 11, 1, 5)]),
            "posted_on '2026-11-01 05:00:00.",
        ),
        (
            "recorded_at",
            pyarrow.array([1000, 1], pyarrow.timestamp("ns")),
            "recorded_at '1970-01-01 00:00:00.00",
        ),
        ("gl_account", pyarrow.array([1000.0, 2000.0]), "gl_account is of type double"),
        ("recorded_at", pyarrow.array([1, 2]), "recorded_at is of type int64"),
        ("entry_id", pyarrow.array(["E1", None]), "entry_id is blank"),
    ],
)
def test_parquet_that_would_lose_something(
    tmp_path: Path, column: str, values: pyarrow.Array, reason: str
) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(tmp_path, parquet(**{column: values}))
    assert caught.value.reason.startswith(reason)


def test_speed(tmp_path: Path) -> None:
    count = 300_000
    text = journal(
        *(LINE.replace("E1", f"E{n}").replace("EUR,,,", 'EUR,R1,"Some, Ltd",') for n in range(count))
    )
    data = text.encode()
    spool = Spool(tmp_path / "spool")
    started = time.process_time()
    read_ledger_file(BytesIO(data), "ledger/journal_lines.csv", "journal_lines", spool, "hash", "load")
    rate = count / (time.process_time() - started)
    print(f"{rate:,.0f} lines per processor second")
    assert rate > 80_000  # five times slower than it should be: the machine may be shared
