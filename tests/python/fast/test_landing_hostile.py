"""Landing is enemy country: what lies there may be no file, change while it is read, or be made to harm.

Each file of a collect gets what it deserves, in bounded time and memory, and no other file is harmed by it.
"""

from __future__ import annotations

import io
import os
import random
import resource
import socket
import string
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow
import pyarrow.parquet
import pytest
from PIL import Image
from scale import times

from orchestration.collect import collect, reading
from orchestration.collect.landing import open_delivery, scan
from orchestration.errors import TieoutError
from orchestration.lake.errors import UnreadableFile
from orchestration.lake.read import lake_rows
from orchestration.outside import file_within, shown
from orchestration.settings import PROJECT_DIR, Settings

COLUMNS = [
    *("entry_id", "line_no", "posted_on", "gl_account", "amount", "currency", "reference", "counterparty"),
    *("memo", "document_type", "recorded_at"),
]
HEADER = ",".join(COLUMNS) + "\n"
ENTRY = "{entry},1,2026-03-02,1000,{amount},EUR,,,{memo},,2026-03-02T08:00:00Z\n"
HR_PERIODS = "pay_period_id,pay_group,starts_on,ends_on,paid_on\n"
MEGABYTE = 1 << 20


@pytest.fixture
def small(settings: Settings) -> Settings:
    """Budgets that a test can use up in a moment."""
    return replace(settings, max_read_bytes=200 * MEGABYTE, max_file_seconds=20)


def journal(entry: str = "E1", amount: str = "1.00", memo: str = "") -> str:
    return HEADER + ENTRY.format(entry=entry, amount=amount, memo=memo)


def deliver(settings: Settings, name: str | bytes, content: str | bytes) -> None:
    """Write a file below landing. name: as str, or bytes that are no text."""
    path = os.fsencode(settings.landing) + b"/" + os.fsencode(name)
    os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - bytes
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(content.encode() if isinstance(content, str) else content)


def found(settings: Settings) -> dict[str, tuple[str, str | None]]:
    """Status and reason of each path."""
    files = str(settings.lake / "collected_files" / "*.parquet")
    rows = duckdb.execute(f"select path, status, reason from read_parquet('{files}')").fetchall()
    return {path: (status, reason) for path, status, reason in rows}


def entries(settings: Settings) -> list[str]:
    files = str(settings.lake / "journal_lines" / "*.parquet")
    rows = duckdb.execute(f"select entry_id from read_parquet('{files}') order by all").fetchall()
    return [entry for (entry,) in rows]


# What lies there, and what opens


def test_what_is_no_file_is_named_and_never_waited_for(settings: Settings) -> None:
    bank = settings.landing / "bank"
    os.mkfifo(bank / "pipe.xml")
    with socket.socket(socket.AF_UNIX) as listener:
        os.chdir(bank)  # a socket's path may have 100 bytes
        listener.bind("socket.xml")
        (bank / "device.xml").symlink_to("/dev/zero")
        deliver(settings, "ledger/journal_lines.csv", journal())
        assert collect(settings).loaded == 1
    outcomes = found(settings)
    assert outcomes["bank/pipe.xml"][1] == "is no file but a pipe, a socket or a device: deliver a file"
    assert outcomes["bank/socket.xml"][1] == outcomes["bank/pipe.xml"][1]
    assert outcomes["bank/device.xml"][1] == "is a link, and links are not followed: deliver the file itself"


def test_a_file_replaced_by_a_pipe_after_it_was_listed_waits_for_the_next_collect(settings: Settings) -> None:
    deliver(settings, "ledger/journal_lines_a.csv", journal("A"))
    deliver(settings, "ledger/journal_lines_b.csv", journal("B"))
    (delivery, _) = scan(settings.landing)
    (settings.landing / delivery.path).unlink()
    os.mkfifo(settings.landing / delivery.path)
    started = time.monotonic()
    with open_delivery(settings.landing, delivery) as file:
        assert file.read(1) == b""
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("place", ["file", "folder"])
def test_a_link_that_takes_a_place_after_it_was_listed_reads_nothing(
    settings: Settings, tmp_path: Path, place: str
) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/a.xml").write_text("secret")
    deliver(settings, "bank/inner/a.xml", "mine")
    (delivery,) = scan(settings.landing)
    taken = settings.landing / ("bank/inner/a.xml" if place == "file" else "bank/inner")
    taken.rename(tmp_path / "moved")
    taken.symlink_to(tmp_path / "outside" / ("a.xml" if place == "file" else ""))
    with pytest.raises(OSError, match=r"symbolic link|Not a directory"):
        open_delivery(settings.landing, delivery)


def test_what_is_read_is_what_was_hashed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large file is changed, and its time set back, after its hash was taken and before it is read."""
    monkeypatch.setattr("orchestration.collect.run._IN_MEMORY_BYTES", 10)
    deliver(settings, "ledger/journal_lines.csv", journal("E1"))
    path = settings.landing / "ledger/journal_lines.csv"
    send = reading.ReadingProcess.send

    def change_first(self: reading.ReadingProcess, *arguments: object) -> None:
        status = path.stat()
        with path.open("r+") as file:
            file.write(journal("E9"))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        send(self, *arguments)

    monkeypatch.setattr(reading.ReadingProcess, "send", change_first)
    assert collect(settings).loaded == 1
    assert entries(settings) == ["E1"]


def test_depth_length_and_bytes_of_a_path_harm_nobody(settings: Settings) -> None:
    here = os.open(settings.landing / "bank", os.O_RDONLY)
    for _ in range(100):
        os.mkdir("deep" * 15, dir_fd=here)
        inner = os.open("deep" * 15, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    deliver(settings, "bank/" + "/".join(["n" * 250] * 6) + "/a.xml", "x")
    deliver(settings, b"bank/caf\xe9.xml", "x")
    deliver(settings, "ledger/journal_lines.csv", journal())
    (settings.landing / "decisions").write_text("a file")
    summary = collect(settings)
    assert (summary.loaded, summary.quarantined) == (1, 4)
    reasons = {reason for status, reason in found(settings).values() if status == "quarantined"}
    assert "lies deeper than 32 folders: deliver the files further up" in reasons
    assert "is a file where a folder must be" in reasons
    assert any("more than 1024: shorten the names" in reason for reason in reasons)
    assert collect(settings).is_nothing_new


def test_a_name_that_leaves_no_room_for_a_signature_s_ends_no_collect(settings: Settings) -> None:
    path = f"decisions/{'d' * 251}.csv"
    deliver(settings, path, "no decision")
    deliver(settings, "ledger/journal_lines_a.csv", journal("A"))
    assert (collect(settings).loaded, found(settings)[path][0]) == (1, "quarantined")
    deliver(settings, "ledger/journal_lines_b.csv", journal("B"))
    assert collect(settings).loaded == 1
    assert entries(settings) == ["A", "B"]


# Names


def test_no_name_forges_a_line_or_drives_a_terminal(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    deliver(settings, "bank/a\nquarantined bank/forged: by me.xml", "x,y")
    deliver(settings, "bank/\x1b]0;owned\x07\u202e.xml", "x,y")
    deliver(settings, "ledger/journal_lines.csv", journal(amount="1\x1b[2J\u2028"))
    with caplog.at_level("INFO"):
        assert collect(settings).quarantined == 3
    told = [record.getMessage() for record in caplog.records]
    assert all(text.isprintable() for text in told)
    assert all(path.isprintable() and reason.isprintable() for path, (_, reason) in found(settings).items())
    assert "bank/[U+001B]]0;owned[U+0007][U+202E].xml" in found(settings)


def test_text_is_shown_as_it_is_where_it_is_seen() -> None:
    assert shown("Überweisung 支払 «a» 12,50 €") == "Überweisung 支払 «a» 12,50 €"
    assert shown("a\nb\tc\u200b\ud800") == "a[U+000A]b[U+0009]c[U+200B][U+D800]"
    assert shown("a\nb\r", lines=True) == "a\nb[U+000D]"
    assert UnreadableFile("a\x1b\nb").reason == "a[U+001B][U+000A]b"


@pytest.mark.parametrize(
    "name",
    ["../../x", "/etc/x", "..", ".hidden", "a/b", "a\\b", "x" * 51, "-rf", "a\tb", "\u202ea", " a", "a:b"],
)
def test_a_pay_period_is_never_a_path(settings: Settings, name: str) -> None:
    deliver(settings, "hr/pay_periods.csv", f'{HR_PERIODS}"{name}",US,2026-01-01,2026-01-07,2026-01-09\n')
    assert collect(settings).quarantined == 1
    (outcome,) = found(settings).values()
    assert outcome[1].startswith("pay_period_id is not at most 50 letters, digits, blanks, full stops")


@pytest.mark.parametrize("name", ["../x.ach", "/x.ach", "..", ".x", "a/b.xml", "a\\b", "a\nb", "", "x" * 101])
def test_no_name_leads_out_of_a_folder(tmp_path: Path, name: str) -> None:
    """What closed and landed before names were restricted is still refused where a path is made."""
    with pytest.raises(TieoutError, match="cannot be the name of a file"):
        file_within(tmp_path, name)
    assert file_within(tmp_path, "März 2026_PAY-260101-01.ach").parent == tmp_path


@pytest.mark.parametrize("name", ["US-WEEKLY-2026-12", "März 2026", "2026.03_b", "給与-1", "1"])
def test_a_pay_period_may_have_any_plain_name(settings: Settings, name: str) -> None:
    deliver(settings, "hr/pay_periods.csv", f"{HR_PERIODS}{name},US,2026-01-01,2026-01-07,2026-01-09\n")
    assert collect(settings).loaded == 1


# Budgets


def bomb_of_text(file: Path) -> None:
    """One memo of 300 MB in some kilobytes."""
    row = dict(zip(COLUMNS, journal().splitlines()[1].split(","), strict=True))
    table = pyarrow.table({name: [value] for name, value in row.items()} | {"memo": ["x" * (300 * MEGABYTE)]})
    pyarrow.parquet.write_table(table, file, compression="zstd")


def bomb_of_a_dictionary(file: Path) -> None:
    """A text of a kilobyte, once in the file and in 2,000,000 rows of it."""
    count = 2_000_000
    row = dict(zip(COLUMNS, journal().splitlines()[1].split(","), strict=True))
    columns = {
        name: pyarrow.DictionaryArray.from_arrays(
            pyarrow.repeat(pyarrow.scalar(0, pyarrow.int32()), count),
            [value if name != "memo" else "y" * 1000],
        )
        for name, value in row.items()
    }
    pyarrow.parquet.write_table(pyarrow.table(columns), file, compression="zstd")


@pytest.mark.parametrize(
    ("bomb", "reason"),
    [
        (bomb_of_text, "memo has more than 262144 bytes"),
        (bomb_of_a_dictionary, "TIEOUT_MAX_ROWS_MB"),
    ],
)
def test_a_parquet_bomb_is_quarantined_and_its_neighbours_are_loaded(
    small: Settings, bomb: Callable[[Path], None], reason: str
) -> None:
    deliver(small, "ledger/journal_lines_a.csv", journal("A"))
    deliver(small, "ledger/journal_lines_c.csv", journal("C"))
    bomb(small.landing / "ledger/journal_lines_b.parquet")
    assert (small.landing / "ledger/journal_lines_b.parquet").stat().st_size < MEGABYTE
    summary = collect(small)
    assert (summary.loaded, summary.quarantined) == (2, 1)
    assert reason in found(small)["ledger/journal_lines_b.parquet"][1]
    assert entries(small) == ["A", "C"]


def test_a_reader_that_takes_all_memory_is_ended(small: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "read_bank_file", lambda *_: [bytes(MEGABYTE) for _ in range(100_000)])
    deliver(small, "bank/a.csv", "a,b\n")
    deliver(small, "ledger/journal_lines.csv", journal())
    summary = collect(small)
    assert (summary.loaded, summary.quarantined) == (1, 1)
    assert found(small)["bank/a.csv"][1] == (
        "takes more than the 209715200 bytes of memory to read that TIEOUT_MAX_READ_MB allows"
    )


def test_a_reader_that_never_ends_is_ended(small: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def spin(*_: object) -> None:
        while True:
            pass

    monkeypatch.setattr(reading, "read_bank_file", spin)
    deliver(small, "bank/a.csv", "a,b\n")
    deliver(small, "ledger/journal_lines.csv", journal())
    summary = collect(replace(small, max_file_seconds=1))
    assert (summary.loaded, summary.quarantined) == (1, 1)
    assert "TIEOUT_MAX_FILE_SECONDS gives a file 1 seconds" in found(small)["bank/a.csv"][1]


def test_a_reader_that_kills_its_process_harms_its_own_file_alone(
    small: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "read_bank_file", lambda *_: os.kill(os.getpid(), 11))
    deliver(small, "bank/a.csv", "a,b\n")
    deliver(small, "bank/b.csv", "a;b\n")
    deliver(small, "ledger/journal_lines.csv", journal())
    summary = collect(small)
    assert (summary.loaded, summary.quarantined) == (1, 2)
    assert found(small)["bank/a.csv"][1] == "the reader failed: its process ended with SIGSEGV"


def test_the_lock_of_the_lake_ends_with_the_collect_and_not_with_its_reader(settings: Settings) -> None:
    """A copy of the process has copies of its open files."""
    opened = settings.lake.with_name("lock")
    with opened.open("w") as lock:
        process = reading.ReadingProcess(settings)
        deliver(settings, "ledger/journal_lines.csv", journal())
        collect(settings)
        child = reading.Child(reading._serve, settings)
        try:
            held = {str(path.readlink()) for path in _open_files(child.process.pid)}
            assert lock.name not in held
        finally:
            child.end()
            process.close()


def _open_files(pid: int) -> list[Path]:
    """Once the child has had the time to close what it does not need."""
    deadline = time.monotonic() + 20
    while len(links := list(Path(f"/proc/{pid}/fd").iterdir())) > 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    return links


@pytest.mark.parametrize(
    ("name", "start", "unit"),
    [
        ("ledger/journal_lines.csv", HEADER, b"x"),
        ("bank/a.csv", "Date,Amount\n", b"x"),
        ("bank/a.sta", ":20:1\n:25:DE1\n:28C:1\n:60F:C260101EUR1,00\n:61:2601010101C1,00NTRF1\n:86:", b"x"),
        ("bank/a.bai", "01,1,2,260101,1200,1,,,2/\n02,1,1,1,260101,,,2/\n03,1,/\n16,1,1,,,,x\n", b"88,x\n"),
        ("bank/a.ofx", "OFXHEADER:100\n\n<OFX><STMTRS><STMTTRN><MEMO>", b"x"),
        ("bank/a.xml", "<Document><BkToCstmrStmt><Stmt><Ntry><AddtlNtryInf>", b"x"),
        ("bank/b.xml", "<Document><BkToCstmrStmt><Stmt><Ntry a='", b"x"),
        ("bank/currency=EUR/account=1/a.qif", "!Type:Bank\nD13/01/2026\nT1\nM", b"x"),
        ("hr/badges.csv", "badge,effective_on,employee_id,ended_on\n", b"x"),
        ("decisions/a.csv", "decision_id,decision,subjects,reason,decided_by,decided_at,until_on\n", b"x"),
        ("punches/a.jsonl", "", b"["),
        ("payments/a.xml", "<Document><CstmrPmtStsRpt><x>", b"x"),
    ],
)  # fmt: skip
def test_a_value_as_long_as_a_file_is_refused_in_every_format(
    small: Settings, name: str, start: str, unit: bytes
) -> None:
    deliver(small, name, start.encode() + unit * (40 * MEGABYTE // len(unit)))
    summary = collect(small)
    assert (summary.loaded, summary.quarantined) == (0, 1)
    assert "bytes of memory" not in found(small)[name][1]


# A campaign

SAMPLES = Path(__file__).parents[1]
LANDING = PROJECT_DIR / "landing"


def picture(image_format: str) -> bytes:
    """A small one, of two pages where the format has pages."""
    sink = io.BytesIO()
    pages = [Image.effect_noise((60, 40), 40), Image.effect_noise((40, 60), 40)]
    more = {"save_all": True, "append_images": pages[1:]} if image_format == "TIFF" else {}
    pages[0].save(sink, image_format, **more)
    return sink.getvalue()


TEXTS = {
    "bank": [path.read_bytes() for path in sorted(SAMPLES.glob("samples/statement*.*"))],
    "bank/account=1": [path.read_bytes() for path in sorted(SAMPLES.glob("samples_csv/*.csv"))],
    "bank/currency=EUR/account=1": [(SAMPLES / "samples_qif" / "statement.qif").read_bytes()],
    "ledger/journal_lines": [(HEADER + ENTRY.format(entry="X", amount="12.50", memo="paid")).encode() * 3],
    "ledger/accounts": [b"gl_account,name,type,currency,bank_account\n1000,Bank,asset,EUR,DE1\n"],
    "hr/pay_periods": [f"{HR_PERIODS}P-1,US,2026-01-01,2026-01-07,2026-01-09\n".encode()],
    "hr/leave": [b"employee_id,leave_on,pay_item_code,hours\nE1,2026-01-15,VAC,8.00\n"],
    "punches": [
        b'{"device_id":"D","sequence":1,"badge":"B","direction":"in","punched_at":"2026-01-05T08:00:00+01:00"}\n'
    ],
    "decisions": [
        b"decision_id,decision,subjects,reason,decided_by,decided_at,until_on\n"
        b"D1,explain,item-1,a reason,ann,2026-01-05T08:00:00,\n"
    ],
    "payments": [
        b"<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><OrgnlMsgId>1</OrgnlMsgId><GrpSts>RJCT</GrpSts>"
        b"</OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>",
        # A file of NACHA, of any records of 94 characters.
        b"\n".join(start.ljust(94, b"0") for start in b"101 ,5225,627,799R01,8225,9000".split(b",")),
    ],
    "settlements": [path.read_bytes() for path in sorted((SAMPLES / "samples_settlements").glob("*.csv"))],
    "cash_letters": [path.read_bytes() for path in sorted((LANDING / "cash_letters").iterdir())][:1],
    "documents": [
        *map(picture, ("JPEG", "PNG", "TIFF")),
        (LANDING / "documents" / "handed_in.csv").read_bytes(),
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
    ],
    **{
        f"hr/{path.stem}": [path.read_bytes()[:4000]]
        for path in sorted((LANDING / "hr").glob("*.csv"))
        if "_2026" not in path.name and path.stem not in ("pay_periods", "leave")
    },
    "hr/opening_balances": [
        b"employee_id,tax_year,balance_kind,code,jurisdiction,amount\n"
        b"E1,2026,wages,GROSS,US,12.50\n"
    ],
}  # fmt: skip
SUFFIXES = {
    "ledger": [".csv"],
    "hr": [".csv"],
    "decisions": [".csv"],
    "punches": [".jsonl"],
    "documents": ["", ".csv"],
}
SLIVERS = [
    b"\x00", b"\xff\xfe", b"\x1b[2J", b"\r", b"\n", b'"', b"'", b"<", b"&lol;", b"<!DOCTYPE a>", b"{",
    b"[" * 5000, b"9" * 400, b"-9999999999999999999999", b"1e400", b"NaN", b",", b";" * 3000,
    b"\xe2\x80\xae", b"../../x", b"2079-12-31", b"0000-00-00", b"x" * 300_000, b"<a>" * 3000, b"]]>",
    b":86:", b"88,", b"^\n",
]  # fmt: skip


def disfigured(draw: random.Random, content: bytes) -> bytes:
    """The content after one to four changes: cut, doubled many times, or with something foreign in it."""
    for _ in range(draw.randint(1, 4)):
        at, to = sorted(draw.choices(range(len(content) + 1), k=2))
        match draw.randrange(5):
            case 0:
                content = content[:at]
            case 1:
                content = content[:at] + content[at:to] * draw.choice((2, 3, 400)) + content[to:]
            case 2:
                content = content[:at] + content[to:]
            case 3:
                content = content[:at] + draw.randbytes(draw.randint(1, 40)) + content[at:]
            case _:
                content = content[:at] + draw.choice(SLIVERS) + content[at:]
        content = content[: 2 * MEGABYTE]
    return content


def strange_name(draw: random.Random) -> bytes:
    """Up to some 100 bytes without a slash: controls, marks of direction, and what is no UTF-8."""
    pool = [
        *string.ascii_letters.encode(),
        *b"\n\r\t\x1b\x07\x7f $;|*?[]%{}'\\\"",
        *"äß給\u202e\u2028".encode(),
        0xFF,
        0xC3,
    ]
    return bytes(draw.choices(pool, k=draw.randint(1, 100)))


def disfigured_parquet(draw: random.Random) -> bytes:
    """A journal as Parquet with one column of another type or many rows, and then perhaps other bytes."""
    count = draw.choice((1, 3, 70_000))
    row = dict(zip(COLUMNS, journal().splitlines()[1].split(","), strict=True))
    columns = {name: pyarrow.repeat(pyarrow.scalar(value), count) for name, value in row.items()}
    odd = [
        float("nan"),
        10**15,
        b"\xff",
        [[1]],
        {"a": 1},
        None,
        "x" * 1_000_000,
        datetime.max,
    ]
    name, value = draw.choice(list(row)), draw.choice(odd)
    columns[name] = (
        pyarrow.DictionaryArray.from_arrays(
            pyarrow.repeat(pyarrow.scalar(0, pyarrow.int32()), count), pyarrow.array([value])
        )
        if isinstance(value, str)
        else pyarrow.array([value] * count)
    )
    sink = pyarrow.BufferOutputStream()
    pyarrow.parquet.write_table(pyarrow.table(columns), sink, compression="zstd")
    content = bytearray(sink.getvalue())
    for _ in range(draw.choice((0, 0, 1, 20))):
        content[draw.randrange(len(content))] = draw.randrange(256)
    return bytes(content)


def deliver_hostile(settings: Settings, draw: random.Random, number: int) -> None:
    """One file of any kind that landing takes, made to harm."""
    place = draw.choice(list(TEXTS))
    folder, _, stem = place.partition("/")
    folder, stem = (folder, stem) if folder in ("ledger", "hr") else (place, "")
    name = f"{stem}_{number}_".encode() + strange_name(draw)
    name += draw.choice(SUFFIXES.get(folder, [""])).encode()
    delivered = os.fsencode(folder) + b"/" + name
    path = os.fsencode(settings.landing) + b"/" + delivered
    os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - bytes
    match draw.randrange(20):
        case 0:
            os.symlink(draw.choice((b"/etc/passwd", b"/dev/zero", b".", b"nothing", name)), path)  # noqa: PTH211
        case 1:
            os.mkfifo(path)
        case 2:
            os.mkdir(path)  # noqa: PTH102
        case 3:
            deliver(settings, delivered, b"")
            os.truncate(path, draw.choice((1, 1000, 3 << 30)))
        case 4 | 5:
            deliver(settings, f"ledger/journal_lines_{number}.parquet", disfigured_parquet(draw))
        case _:
            deliver(settings, delivered, disfigured(draw, draw.choice(TEXTS[place])))


@pytest.mark.drawn
def test_hostile_files_of_every_kind_harm_no_other(small: Settings) -> None:
    """Whatever lies beside it, each good file is loaded whole. Time and memory are bounded."""
    draw = random.Random(19)
    hostile, good = times(400), times(20)
    for number in range(hostile):
        deliver_hostile(small, draw, number)
    for number in range(good):
        deliver(small, f"ledger/journal_lines_{draw.random()}.csv", journal(f"GOOD{number:05}"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Of this process's other tests.
    largest_child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    started = [sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    summary = collect(small)
    ended = [sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(ended) - sum(started)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10
    reader = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
    print(f"{summary}\n{seconds:.1f} processor seconds, {grown} MB more here, {reader} MB in a reader")
    assert [entry for entry in entries(small) if entry.startswith("GOOD")] == [
        f"GOOD{number:05}" for number in range(good)
    ]
    assert summary.deferred == []
    assert summary.loaded + summary.duplicate + summary.quarantined == summary.seen
    told = [text for path, (_, reason) in found(small).items() for text in (path, reason or "")]
    assert [text for text in told if text != shown(text) or "reader failed" in text] == []
    assert seconds < 0.1 * hostile
    assert grown < 600 and reader < max(1200, largest_child + 1)
    assert collect(small).is_nothing_new


def test_a_text_with_a_nul_is_refused_and_its_line_named(settings: Settings) -> None:
    header = (
        "entry_id,line_no,posted_on,gl_account,amount,currency,reference,counterparty,memo,document_type,"
        "recorded_at"
    )
    line = "E{number},1,2026-03-02,1000,1,EUR,,,{memo},,2026-03-02T08:00:00Z"
    for name, memo in (("bad", "pay\0ment"), ("good", "payment")):
        lines = [line.format(number=1, memo=""), line.format(number=2, memo=memo)]
        file = settings.landing / "ledger" / f"journal_lines_{name}.csv"
        file.write_text("\n".join([header, *lines, ""]))
    collect(settings)
    rows = lake_rows(settings.lake, "collected_files", ["path", "status", "reason", "position"])
    assert sorted(tuple(row.values()) for row in rows) == [
        ("ledger/journal_lines_bad.csv", "quarantined", "memo holds a NUL", "line 3"),
        ("ledger/journal_lines_good.csv", "loaded", None, None),
    ]
