"""Punches and HR files: read whole or quarantined whole, and never a value of them in a reason or a log."""

from __future__ import annotations

import json
import logging
import random
import re
import shutil
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import duckdb
import pyarrow
import pyarrow.parquet
import pytest

from orchestration.collect import collect, punch_files
from orchestration.collect.hr_files import read_hr_file
from orchestration.collect.landing import HR_FILES
from orchestration.collect.ledger_files import contract_columns
from orchestration.collect.punch_files import read_punch_file
from orchestration.lake.errors import UnreadableFile
from orchestration.lake.spool import Spool
from orchestration.settings import PROJECT_DIR, Settings

# Stands in for a name, an account, a tax identifier or pay. It must never be seen outside the lake.
CANARY = "CANARY7731"
PUNCH = {
    "device_id": "CLK-01",
    "sequence": 7,
    "badge": "B2001",
    "direction": "in",
    "punched_at": "2026-01-05T06:58:12-06:00",
}
ROWS = {
    "employees": "E1,2026-01-01,Odd Name,000-10-1000,Assembly,US-WEEKLY,IL,2025-01-01,,ASSEMBLY,IN",
    "badges": "B1,E1,2026-01-01,",
    "pay_groups": "US-WEEKLY,weekly,USD,America/Chicago,1,6",
    "pay_periods": "US-WEEKLY-2026-01,US-WEEKLY,2025-12-29,2026-01-04,2026-01-09,bonus,K401",
    "pay_rates": "E1,ASSEMBLY,2026-01-01,hourly,22.40,true",
    "tax_elections": "E1,US,2026-01-01,single,false,0.00,,,,,false,2019",
    "bank_details": "E1,1,2026-01-01,,999999992,4711,checking,,,remainder,",
    "recurring_items": "E1,K401,2026-01-01,,percentage,5,24500.00,,A1,support,true,false",
    "one_time_items": "O1,E1,US-WEEKLY-2026-01,CORR,-41.20,,Paid twice,",
    "leave": "E1,2026-01-01,HOL,8.00",
    "opening_balances": "E1,2026,wages,social_security,US,12000.00",
}


def read_punches(tmp_path: Path, data: bytes | str) -> list[dict]:
    """The rows of a file of punches."""
    shutil.rmtree(tmp_path / "spool", ignore_errors=True)
    spool = Spool(tmp_path / "spool")
    stream = BytesIO(data if isinstance(data, bytes) else data.encode())
    counted = read_punch_file(stream, "punches/x.jsonl", spool, "hash", "load")
    spool.close()
    rows = [row for table in spool.tables("punches") for row in table.to_pylist()]
    assert (counted.record_count, counted.amount_total) == (len(rows), 0)
    return rows


def read_hr(tmp_path: Path, entity: str, data: bytes | str) -> list[dict]:
    """The rows of an HR file."""
    shutil.rmtree(tmp_path / "spool", ignore_errors=True)
    spool = Spool(tmp_path / "spool")
    stream = BytesIO(data if isinstance(data, bytes) else data.encode())
    counted = read_hr_file(stream, f"hr/{entity}.csv", f"hr_{entity}", spool, "hash", "load")
    spool.close()
    rows = [row for table in spool.tables(f"hr_{entity}") for row in table.to_pylist()]
    assert (counted.record_count, counted.amount_total) == (len(rows), 0)
    return rows


def punch(**changes: object) -> str:
    """A line; a change to None leaves the key out."""
    return json.dumps({key: value for key, value in (PUNCH | changes).items() if value is not None})


def export(entity: str, *rows: str) -> str:
    """A CSV export with the rows."""
    return "\n".join([",".join(contract_columns(f"hr_{entity}")), *rows]) + "\n"


def test_exports_without_the_later_columns_are_read(tmp_path: Path) -> None:
    header = "pay_period_id,pay_group,starts_on,ends_on,paid_on"
    stream = BytesIO(f"{header}\nW1,W,2026-01-05,2026-01-11,2026-01-16\n".encode())
    spool = Spool(tmp_path / "spool")
    read_hr_file(stream, "hr/pay_periods.csv", "hr_pay_periods", spool, "hash", "load")
    spool.close()
    (row,) = [row for table in spool.tables("hr_pay_periods") for row in table.to_pylist()]
    assert (row["pay_period_id"], row["kind"], row["items"]) == ("W1", None, None)


# Punches


def test_a_punch(tmp_path: Path) -> None:
    (row,) = read_punches(tmp_path, punch())
    assert row == {
        "line_number": 1,
        "device_id": "CLK-01",
        "sequence": 7,
        "badge": "B2001",
        "direction": "in",
        "job_code": None,
        "punched_at": datetime(2026, 1, 5, 12, 58, 12, tzinfo=UTC),
        "file_hash": "hash",
        "load_id": "load",
    }


def test_byte_order_mark_line_ends_blank_lines_and_no_last_line_end(tmp_path: Path) -> None:
    lines = [punch(sequence=1), "", "  ", punch(sequence=2, job_code="SETUP"), punch(sequence=3)]
    for end in ("\n", "\r\n"):
        rows = read_punches(tmp_path, b"\xef\xbb\xbf" + end.join(lines).encode())
        assert [(row["line_number"], row["sequence"]) for row in rows] == [(1, 1), (4, 2), (5, 3)]
    assert rows[1]["job_code"] == "SETUP"
    assert read_punches(tmp_path, "\n\n") == []


def test_line_numbers_across_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = read_punches(tmp_path, "\n".join(punch(sequence=n) for n in range(500)))
    monkeypatch.setattr(punch_files, "_BLOCK_BYTES", 1000)
    text = "\n".join(punch(sequence=n) for n in range(500))
    assert read_punches(tmp_path, text) == whole
    assert read_punches(tmp_path, text + "\n") == whole
    with pytest.raises(UnreadableFile) as caught:
        read_punches(tmp_path, text + "\n\n" + punch(direction="up"))
    assert caught.value.position == "line 502"


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-03-08T01:59:59.250-05:00", datetime(2026, 3, 8, 6, 59, 59, 250000, tzinfo=UTC)),
        ("2026-03-08 03:00-0400", datetime(2026, 3, 8, 7, tzinfo=UTC)),
        ("2026-03-08T07:00:00Z", datetime(2026, 3, 8, 7, tzinfo=UTC)),
        ("2026-03-08T16:00:00+09", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ],
)
def test_offsets(tmp_path: Path, written: str, instant: datetime) -> None:
    (row,) = read_punches(tmp_path, punch(punched_at=written))
    assert row["punched_at"] == instant


def test_unknown_keys_are_named_in_the_log_and_their_values_are_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        read_punches(tmp_path, punch(face={"name": CANARY}, temperature=36.6))
    assert "keys ignored: 'face', 'temperature'" in caplog.text
    assert CANARY not in caplog.text


BAD_LINES = [
    ("{", "is not one JSON object"),
    ("nothing", "is not one JSON object"),
    (punch()[:-1], "is not one JSON object"),
    (punch() + punch(), "is not one JSON object: Extra data"),
    (punch() + "{", "is not one JSON object: Extra data"),
    ("[" * 20_000 + "]" * 20_000, "is not one JSON object: it is nested too deeply"),
    (f"[{punch()}]", "is not a JSON object"),
    ('"in"', "is not a JSON object"),
    ("1", "is not a JSON object"),
    ("null", "is not a JSON object"),
    ("{}", "device_id is missing"),
    (punch(direction=None), "direction is missing"),
    (punch(punched_at=None), "punched_at is missing"),
    (punch(sequence=None), "sequence is missing"),
    (punch(badge=""), "badge is blank"),
    (punch(device_id="  "), "device_id is blank"),
    (punch(direction="IN"), "direction is not in or out"),
    (punch(direction="break"), "direction is not in or out"),
    (punch(badge=2001), "badge is not text"),
    (punch(job_code=["SETUP"]), "job_code is not text"),
    (punch(sequence="7"), "sequence is not a whole number"),
    (punch(sequence=7.0), "sequence is not a whole number"),
    (punch(sequence=True), "sequence is not a whole number"),
    (punch(sequence=-1), "sequence is not a whole number"),
    (punch(sequence=1 << 63), "sequence is not a whole number"),
    (punch(sequence=7).replace("7", "9" * 5_000, 1), "is not one JSON object: a number is too long"),
    (punch(punched_at="2026-01-05T06:58:12"), "punched_at is not a timestamp"),
    (punch(punched_at="2026-01-05"), "punched_at is not a timestamp"),
    (punch(punched_at="2026-02-30T06:58:12Z"), "punched_at is not a timestamp"),
    (punch(punched_at="2026-01-05T25:00:00Z"), "punched_at is not a timestamp"),
    (punch(punched_at="2026-01-05T06:58:12+99:00"), "punched_at is not a timestamp"),
    (punch(punched_at="1970-01-05T06:58:12Z"), "punched_at is not between"),
    (punch(punched_at="2999-01-05T06:58:12Z"), "punched_at is not between"),
    (punch(punched_at=1767617892), "punched_at is not text"),
    (punch()[:-1] + ', "badge": "B2002"}', "badge is given twice"),
    (punch(job_code="\ud800"), "job_code holds half a character"),
    (punch(job_code="a").replace('"a"', '"a\tb"'), "is not one JSON object: Invalid control character"),
    (punch(note="x" * 70_000), "has more than 65536 bytes"),
    (punch(note="\ud800"), "is not a punch as JSON"),
]


@pytest.mark.parametrize(("line", "reason"), BAD_LINES, ids=[reason[:40] for _, reason in BAD_LINES])
def test_a_bad_line_is_named(tmp_path: Path, line: str, reason: str) -> None:
    good = punch(badge=CANARY)
    with pytest.raises(UnreadableFile) as caught:
        read_punches(tmp_path, "\n".join([good, "", line.replace("B2001", CANARY), good]))
    assert caught.value.reason.startswith(reason)
    assert caught.value.position == "line 3"
    assert CANARY not in str(caught.value)


def test_an_object_over_two_lines_is_refused(tmp_path: Path) -> None:
    before, after = punch()[:40], punch()[40:]
    with pytest.raises(UnreadableFile, match="line 1"):
        read_punches(tmp_path, f"{before}\n{after}\n{punch()}{punch()}\n")


def test_bytes_that_are_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableFile, match=r"is not UTF-8: byte 0xE9 \(line 2\)"):
        read_punches(
            tmp_path, punch().encode() + b"\n" + punch(badge="x").replace("x", "\xe9").encode("latin-1")
        )
    with pytest.raises(UnreadableFile, match="is not UTF-8"):
        read_punches(tmp_path, punch().encode("utf-16"))
    monkeypatch.setattr(punch_files, "_BLOCK_BYTES", 1000)
    with pytest.raises(UnreadableFile, match=r"has more than 65536 bytes \(line 2\)"):
        read_punches(tmp_path, punch() + "\n" + " " * 10_000_000)
    name = json.dumps(PUNCH | {"badge": "Zoë"}, ensure_ascii=False)
    for size in range(1, 40):  # a block may end within a character
        monkeypatch.setattr(punch_files, "_BLOCK_BYTES", size)
        (row,) = read_punches(tmp_path, name)
        assert row["badge"] == "Zoë"


def test_mutated_files_are_read_or_refused_by_name(tmp_path: Path) -> None:
    """Whatever happens to its bytes, a file gives the punches that Python reads too, or an UnreadableFile."""
    source = random.Random(5)
    text = ("\n".join(punch(sequence=n, job_code="SETUP") for n in range(3)) + "\n").encode()
    alphabet = b'{}[]",:\n\r\\u0 1-.eT\x00\xc3'
    for _ in range(400):
        data = bytearray(text)
        for _ in range(source.randrange(1, 4)):
            place = source.randrange(len(data))
            data[place : place + source.randrange(3)] = bytes([source.choice(alphabet)] * source.randrange(2))
        try:
            rows = read_punches(tmp_path, bytes(data))
        except UnreadableFile as error:
            assert error.position
            continue
        lines = [json.loads(line) for line in bytes(data).split(b"\n") if line.strip()]
        assert [(row["device_id"], row["badge"], row["sequence"]) for row in rows] == [
            (line["device_id"], line["badge"], line["sequence"]) for line in lines
        ]


def test_speed(tmp_path: Path) -> None:
    count = 300_000
    data = "\n".join(punch(sequence=n) for n in range(count)).encode()
    spool = Spool(tmp_path / "spool")
    started = time.process_time()
    read_punch_file(BytesIO(data), "punches/x.jsonl", spool, "hash", "load")
    rate = count / (time.process_time() - started)
    print(f"{rate:,.0f} punches per processor second")
    assert rate > 100_000  # five times slower than it should be: the machine may be shared


# HR files


@pytest.mark.parametrize("entity", HR_FILES)
def test_every_entity_is_read(tmp_path: Path, entity: str) -> None:
    (row,) = read_hr(tmp_path, entity, export(entity, ROWS[entity]))
    written = dict(zip(contract_columns(f"hr_{entity}"), ROWS[entity].split(","), strict=True))
    for name, text in written.items():
        value = row[name]
        if isinstance(value, Decimal):
            assert value == Decimal(text)
        elif isinstance(value, bool):
            assert value == (text == "true")
        else:
            assert (value.isoformat() if isinstance(value, date) else str(value or "")) == text
    assert row["line_number"] == 2


def test_a_parquet_file_of_rates(tmp_path: Path) -> None:
    table = pyarrow.table(
        {
            "employee_id": [1001],
            "job_code": ["SETUP"],
            "effective_on": [date(2026, 1, 1)],
            "rate_kind": ["hourly"],
            "rate": pyarrow.array([Decimal("27.9")]),
            "is_overtime_eligible": [True],
        }
    )
    sink = BytesIO()
    pyarrow.parquet.write_table(table, sink)
    (row,) = read_hr(tmp_path, "pay_rates", sink.getvalue())
    assert (row["employee_id"], row["rate"], row["is_overtime_eligible"]) == ("1001", Decimal("27.9"), True)
    sink = BytesIO()
    pyarrow.parquet.write_table(table.set_column(3, "rate_kind", [[CANARY]]), sink)
    with pytest.raises(UnreadableFile, match=r"^rate_kind is not one of hourly, salary \(row 1\)$"):
        read_hr(tmp_path, "pay_rates", sink.getvalue())
    with pytest.raises(UnreadableFile) as caught:
        read_hr(tmp_path, "pay_rates", b"PAR1" + CANARY.encode() * 100)
    assert CANARY not in caught.value.reason


@pytest.mark.parametrize(
    ("entity", "column", "value", "reason"),
    [
        ("employees", "name", "", "name is blank"),
        ("employees", "tax_id", "   ", "tax_id is blank"),
        ("employees", "work_state", "Illinois", "work_state is not a state's code"),
        ("employees", "hired_on", CANARY, "hired_on is not a date as YYYY-MM-DD"),
        ("employees", "hired_on", "1879-01-01", "hired_on 1879-01-01 is not between"),
        ("pay_groups", "frequency", "fortnightly", "frequency is not one of weekly, biweekly"),
        ("pay_groups", "currency", "Dollars", "currency is not a currency code"),
        ("pay_groups", "time_zone", "Chicago", "time_zone is not an IANA time zone"),
        ("pay_groups", "workweek_starts_on", "0", "workweek_starts_on is not a weekday from 1"),
        ("pay_groups", "workday_starts_hour", "24", "workday_starts_hour is not an hour from 0 to 23"),
        ("pay_periods", "ends_on", "2025-12-28", "ends_on is before starts_on"),
        ("pay_rates", "rate", "-1", "rate is not from 0 to 10,000,000,000"),
        ("pay_rates", "rate", f"1e{CANARY}", "rate is not a plain decimal"),
        ("pay_rates", "rate_kind", "daily", "rate_kind is not one of hourly, salary"),
        ("pay_rates", "is_overtime_eligible", "yes", "is_overtime_eligible is not true or false"),
        ("tax_elections", "jurisdiction", "us", "jurisdiction is not US or a state's code"),
        ("tax_elections", "filing_status", CANARY, "filing_status is not one of single"),
        ("tax_elections", "dependents_amount", "-5", "dependents_amount is not from 0 to 10,000,000,000"),
        ("tax_elections", "allowances", "1.5", "allowances is not a whole number"),
        ("bank_details", "split_kind", CANARY, "split_kind is not one of amount"),
        ("bank_details", "split_kind", "amount", "split_value must be given for an amount"),
        ("bank_details", "split_value", "5", "split_value must be given for an amount"),
        ("bank_details", "account_kind", "giro", "account_kind is not one of checking, savings"),
        ("bank_details", "priority", CANARY, "priority is not a whole number"),
        ("recurring_items", "calculation", "share", "calculation is not one of amount, percentage"),
        ("recurring_items", "value", "", "value is blank"),
        ("recurring_items", "total_limit", "-0.01", "total_limit is not from 0 to 10,000,000,000"),
        ("one_time_items", "amount", CANARY, "amount is not a plain decimal"),
        ("one_time_items", "reason", "", "reason is blank"),
        ("leave", "hours", "10000.01", "hours is not from 0 to 10,000"),
        (
            "one_time_items",
            "amount",
            "-1000000000000.01",
            "amount is not from -10,000,000,000 to 10,000,000,000",
        ),
        ("pay_rates", "rate", "999999999999999", "rate is not from 0 to 10,000,000,000"),
        ("leave", "hours", "-8", "hours is not from 0 to 10,000"),
        ("employees", "home_state", "Indiana", "home_state is not a state's code"),
        ("pay_periods", "kind", "monthly", "kind is not one of regular, bonus, final, correction, reissue"),
        ("tax_elections", "form_year", "19", "form_year is not a year from 1987"),
        ("recurring_items", "order_kind", "bank", "order_kind is not one of support, tax_levy, student_loan"),
        ("opening_balances", "balance_kind", "gross", "balance_kind is not one of wages, item"),
        ("opening_balances", "tax_year", "26", "tax_year is not a year from 2000"),
    ],
)
def test_a_bad_value_is_named_by_column_and_line(
    tmp_path: Path, entity: str, column: str, value: str, reason: str
) -> None:
    names = contract_columns(f"hr_{entity}")
    bad = ",".join(
        value if name == column else text for name, text in zip(names, ROWS[entity].split(","), strict=True)
    )
    with pytest.raises(UnreadableFile) as caught:
        read_hr(tmp_path, entity, export(entity, ROWS[entity], "", bad))
    assert caught.value.reason.startswith(reason)
    assert caught.value.position == "line 4"
    assert CANARY not in str(caught.value)


HEADER = ",".join(contract_columns("hr_employees"))
CANARY_ROW = ROWS["employees"].replace("Odd Name", CANARY)


@pytest.mark.parametrize(
    "data",
    [
        CANARY_ROW,  # no header
        HEADER + "," + CANARY_ROW,  # the header's line end is lost
        HEADER.replace("name,", "") + "\n" + CANARY_ROW,
        HEADER + "\n" + CANARY_ROW + ",x",
        HEADER + "\n" + CANARY_ROW.replace(CANARY, f'"{CANARY}'),
        HEADER + "\n" + CANARY_ROW.replace("E1,", ""),
        HEADER + "\n" + CANARY_ROW.replace("2026-01-01,", ""),
        HEADER + "\n" + CANARY_ROW.replace("2026-01-01", CANARY),
        (HEADER + "\n" + CANARY_ROW + "\xe9").encode("latin-1"),
        (HEADER + "\n" + CANARY_ROW).encode("utf-16"),
        HEADER.replace("name", "tax_id") + "\n" + CANARY_ROW,
    ],
)
def test_a_file_in_disorder_says_nothing_of_its_people(
    settings: Settings, data: str | bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor does the log, the lake's account of the file, or what else a collect leaves outside hr_*."""
    (settings.landing / "hr").mkdir()
    file = settings.landing / "hr" / "employees.csv"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    with caplog.at_level(logging.DEBUG, logger="orchestration"):
        summary = collect(settings)
    assert CANARY not in caplog.text + str(summary)
    (row,) = deliveries(settings)
    assert CANARY not in str(row)
    assert row[1] == ("loaded" if data == HEADER + "," + CANARY_ROW else "quarantined")


def test_a_defective_reader_says_nothing_of_people(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise KeyError(CANARY)

    for folder, name, data in (
        ("hr", "badges.csv", export("badges", ROWS["badges"])),
        ("punches", "a.jsonl", punch()),
    ):
        (settings.landing / folder).mkdir()
        (settings.landing / folder / name).write_text(data)
    monkeypatch.setattr("orchestration.collect.hr_files.convert_hr", fail)
    monkeypatch.setattr("orchestration.collect.punch_files._columns", fail)
    with caplog.at_level(logging.DEBUG):
        assert collect(settings).quarantined == 2
    assert [row[4] for row in deliveries(settings)] == ["the reader failed: KeyError"] * 2
    assert CANARY not in caplog.text and "_columns" in caplog.text


# Whole collects


def deliveries(settings: Settings) -> list[tuple]:
    return duckdb.execute(
        "select path, status, source, record_count, reason, position, amount_total"
        " from read_parquet(?) order by load_id, path",
        [str(settings.lake / "collected_files" / "*.parquet")],
    ).fetchall()


def rows_of(settings: Settings, dataset: str, columns: str) -> list[tuple]:
    return duckdb.execute(
        f"select {columns} from read_parquet(?) order by load_id, file_hash, line_number",
        [str(settings.lake / dataset / "*.parquet")],
    ).fetchall()


def test_folders_and_names_decide(settings: Settings) -> None:
    for path, data in {
        "punches/a.jsonl": punch(sequence=1),
        "punches/2026/CLK-01/b.JSONL": punch(sequence=2),
        "punches/c.json": punch(sequence=3),
        "hr/employees.csv": export("employees", ROWS["employees"]),
        "hr/pay_rates_2026-02.csv": export("pay_rates", ROWS["pay_rates"]),
        "hr/leave-february.csv": export("leave", ROWS["leave"]),
        "hr/people.csv": export("employees", ROWS["employees"]),
        "hr/old/employees.csv": export("employees"),
    }.items():
        file = settings.landing / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(data)
    collect(settings)
    statuses = {path: (status, source) for path, status, source, *_ in deliveries(settings)}
    assert statuses == {
        "punches/a.jsonl": ("loaded", "punches"),
        "punches/2026/CLK-01/b.JSONL": ("loaded", "punches"),
        "punches/c.json": ("quarantined", "unknown"),
        "hr/employees.csv": ("loaded", "hr_employees"),
        "hr/pay_rates_2026-02.csv": ("loaded", "hr_pay_rates"),
        "hr/leave-february.csv": ("loaded", "hr_leave"),
        "hr/people.csv": ("quarantined", "unknown"),
        "hr/old/employees.csv": ("quarantined", "unknown"),
    }


def test_a_file_of_punches_is_loaded_once_and_whole(settings: Settings) -> None:
    folder = settings.landing / "punches"
    folder.mkdir()
    (folder / "a.jsonl").write_text(punch(sequence=1))
    (folder / "bad.jsonl").write_text(punch(sequence=2) + "\n" + punch(direction="up"))
    (folder / "empty.jsonl").write_text("")
    first = collect(settings)
    assert (first.loaded, first.quarantined, first.rows["punches"]) == (1, 2, 1)
    (folder / "a_copy.jsonl").write_text(punch(sequence=1))
    second = collect(settings)
    assert (second.loaded, second.duplicate) == (0, 1)
    (folder / "bad.jsonl").write_text(punch(sequence=2) + "\n" + punch(sequence=3))
    assert collect(settings).rows["punches"] == 2
    assert sorted(rows_of(settings, "punches", "sequence")) == [(1,), (2,), (3,)]
    assert collect(settings).is_nothing_new


def test_pay_is_not_added_up_outside_its_datasets(settings: Settings) -> None:
    (settings.landing / "hr").mkdir()
    (settings.landing / "hr" / "one_time_items.csv").write_text(
        export("one_time_items", ROWS["one_time_items"])
    )
    collect(settings)
    assert [(row[3], row[6]) for row in deliveries(settings)] == [(1, 0)]


def test_more_punches_need_no_more_memory(tmp_path: Path) -> None:
    script = (
        "import resource, sys, pathlib\n"
        "from orchestration.collect.punch_files import read_punch_file\n"
        "from orchestration.lake.spool import Spool\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "with (folder / 'a.jsonl').open('rb') as stream:\n"
        "    read_punch_file(stream, 'a.jsonl', Spool(folder / 'spool'), 'hash', 'load')\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    peaks = []
    for count in (100_000, 800_000):
        folder = tmp_path / str(count)
        folder.mkdir()
        with (folder / "a.jsonl").open("w") as writer:
            writer.writelines(f"{punch(sequence=n)}\n" for n in range(count))
        done = subprocess.run(
            [sys.executable, "-c", script, folder],
            capture_output=True,
            text=True,
            check=True,
            cwd=PROJECT_DIR,
        )
        peaks.append(int(done.stdout))
    assert peaks[1] < peaks[0] * 1.15


# The demo


def test_the_demo_delivers_what_its_truth_says(tmp_path: Path) -> None:
    """Every punch of the landing zone is half of a true shift or set aside, and each once."""
    truth = PROJECT_DIR / "tests" / "planted" / "truth"
    found: dict[tuple[str, int], tuple] = {}
    for file in sorted((PROJECT_DIR / "landing" / "punches").rglob("*.jsonl")):
        for row in read_punches(tmp_path, file.read_bytes()):
            key = row["device_id"], row["sequence"]
            assert (
                found.setdefault(key, (row["badge"], row["direction"], row["punched_at"]))[2]
                == row["punched_at"]
            )
    shifts = duckdb.read_csv(
        str(truth / "payroll_shifts.csv"), dtype={"started_at": "text", "ended_at": "text"}
    )
    seen = set()
    for device, came, went, started, ended, seconds in shifts.project(
        "device_id, in_sequence, out_sequence, started_at, ended_at, seconds"
    ).fetchall():
        (badge, direction_in, at_in), (badge_out, direction_out, at_out) = (
            found[device, came],
            found[device, went],
        )
        assert (badge, direction_in, direction_out) == (badge_out, "in", "out")
        assert (f"{at_in:%Y-%m-%dT%H:%M:%SZ}", f"{at_out:%Y-%m-%dT%H:%M:%SZ}") == (started, ended)
        assert (at_out - at_in).total_seconds() == seconds
        seen |= {(device, came), (device, went)}
    aside = duckdb.read_csv(str(truth / "payroll_punches_set_aside.csv"), dtype={"punched_at": "text"})
    left = set(aside.project("device_id, sequence").fetchall())
    assert seen.isdisjoint(left) and seen | left == set(found)


def test_invented_bank_details_belong_to_nobody() -> None:
    """Routing numbers check and start with 99, which no bank's do; tax identifiers start with 000."""
    hr = PROJECT_DIR / "landing" / "hr"
    routing = (
        duckdb.read_csv(str(hr / "bank_details*.csv"), all_varchar=True).project("routing_number").fetchall()
    )
    for (number,) in routing:
        weighted = sum(int(digit) * weight for digit, weight in zip(number, (3, 7, 1) * 3, strict=True))
        assert re.fullmatch("99[0-9]{7}", number) and weighted % 10 == 0
    ids = duckdb.read_csv(str(hr / "employees*.csv"), all_varchar=True).project("tax_id").fetchall()
    assert len(set(ids)) == 25 and all(text.startswith("000-") for (text,) in ids)
