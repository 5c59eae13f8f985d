"""Thousands of damaged files of every format, through the reader and the spool as collection drives them.

Each one is read in full or refused, soon and in bounded memory, and what
is read in full adds up.
"""

from __future__ import annotations

import io
import random
import resource
import time
from decimal import Decimal
from pathlib import Path

import pyarrow.compute as pc
import pytest
from scale import times

from orchestration.collect.bank_files import read_bank_file
from orchestration.lake.errors import UnreadableFile
from orchestration.lake.spool import Spool

FILES = times(200)
SECONDS = 2.0
GROWTH_KB = 300 << 10
FOLDER = Path(__file__).parents[1]
# The formats as often as the CSV profiles, of which there are many more.
SAMPLES = [path.read_bytes() for path in sorted((FOLDER / "samples").iterdir())] * 6
SAMPLES += [(FOLDER / "samples_qif" / "statement.qif").read_bytes()] * 6
SAMPLES += [path.read_bytes() for path in sorted((FOLDER / "samples_csv").iterdir())]
PATH = "bank/account=0044/currency=USD/export"
NUMBERS = [
    b"1E999999999",
    b"-0",
    b"9" * 40,
    b"0." + b"0" * 200 + b"1",
    b"NaN",
    b"Infinity",
    b"\xd9\xa1",
    b"1,2.3,4",
]
SEPARATORS = [b",", b";", b":", b"/", b"?", b"+", b"<", b">", b"\n"]
LINE_ENDS = [b"\r", b"\r\n", b"", b"\n\n", b"\x0b", b"\x85"]
OPENINGS = [
    *(b"<a>", b"<Ntry>", b"<TxDtls>", b"<STMTTRN>", b"<BAL>", b"<!--", b"<![CDATA["),
    *(b"{4:", b"(", b'"', b"?20", b"EREF+", b"/EREF/", b"88,"),
]
ENCODINGS = ["utf-16", "utf-16-le", "utf-32", "cp500", "utf-8-sig", "latin-1"]


def flipped(content: bytes, rng: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.randint(1, 8)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def cut(content: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(content))
    return content[:at] if rng.random() < 0.5 else content[:at] + content[at + rng.randint(1, 60) :]


def inserted(content: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(content))
    return content[:at] + rng.randbytes(rng.randint(1, 40)) + content[at:]


def repeated(content: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(content))
    end = at + rng.randint(1, 400)
    return content[:end] + content[at:end] * rng.randint(1, 50) + content[end:]


def swapped(content: bytes, rng: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def encoded(content: bytes, rng: random.Random) -> bytes:
    return content.decode("utf-8", "replace").encode(rng.choice(ENCODINGS), "replace")


def renumbered(content: bytes, rng: random.Random) -> bytes:
    digits = [at for at, byte in enumerate(content) if 48 <= byte <= 57]
    at = end = rng.choice(digits or [0])
    while end < len(content) and content[end] in b"0123456789.,":
        end += 1
    return content[:at] + rng.choice(NUMBERS) + content[end:]


def lengthened(content: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(content))
    return (
        content[:at] + bytes([rng.choice(b'A9 ,<"&/:?\n')]) * rng.choice([300, 5_000, 200_000]) + content[at:]
    )


def fields_swapped(content: bytes, rng: random.Random) -> bytes:
    separator = rng.choice(SEPARATORS)
    parts = content.split(separator)
    one, other = rng.randrange(len(parts)), rng.randrange(len(parts))
    parts[one], parts[other] = parts[other], parts[one]
    return separator.join(parts)


def separators_multiplied(content: bytes, rng: random.Random) -> bytes:
    separator = rng.choice(SEPARATORS)
    return content.replace(separator, separator * rng.choice([2, 3, 50]), rng.choice([1, 5, -1]))


def line_dropped(content: bytes, rng: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    at = rng.randrange(len(lines))
    return b"".join(lines[:at] + lines[at + rng.randint(1, 3) :])


def ended_otherwise(content: bytes, rng: random.Random) -> bytes:
    return content.replace(b"\n", rng.choice(LINE_ENDS))


def spliced(content: bytes, rng: random.Random) -> bytes:
    other = rng.choice(SAMPLES)
    return content[: rng.randrange(len(content))] + other[rng.randrange(len(other)) :]


def nested(content: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(content))
    return content[:at] + rng.choice(OPENINGS) * rng.choice([10, 300, 20_000]) + content[at:]


MUTATIONS = [
    *(flipped, cut, inserted, repeated, swapped, encoded, renumbered, lengthened),
    *(fields_swapped, separators_multiplied, line_dropped, ended_otherwise, spliced, nested),
]


def mutant(number: int) -> bytes:
    rng = random.Random(number)
    content = rng.choice(SAMPLES)
    for _ in range(rng.randint(1, 2)):
        content = rng.choice(MUTATIONS)(content, rng) or b" "
    return content


@pytest.mark.drawn
def test_damaged_files_are_read_in_full_or_refused(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    accepted, lines, total = 0, 0, Decimal(0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(FILES):
        content = mutant(number)
        spool.begin()
        started = time.process_time()
        try:
            counted = read_bank_file(io.BytesIO(content), spool, f"file {number}", "load", PATH)
        except UnreadableFile as error:
            assert error.reason
            spool.rollback()
        except Exception as error:
            pytest.fail(f"mutant {number}: {type(error).__name__}: {error}")
        else:
            spool.commit()
            accepted, lines, total = accepted + 1, lines + counted.record_count, total + counted.amount_total
        assert time.process_time() - started < SECONDS, f"mutant {number}"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < GROWTH_KB
    assert 0 < accepted < FILES
    spool.close()
    tables = list(spool.tables("bank_statement_lines"))
    assert sum(table.num_rows for table in tables) == lines
    assert sum(pc.sum(table["amount"]).as_py() or 0 for table in tables) == total
    print(f"{FILES} files, {accepted} read in full, {lines} lines")
