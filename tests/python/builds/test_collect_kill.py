"""A collect that is killed at any moment, and the next one, leave the lake an uninterrupted one would.

The children are forked from a helper process that has everything imported, which makes a kill cheap.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from PIL import Image
from scale import times

from orchestration.collect import collect
from orchestration.demo.paper import cash_letter, drawn
from orchestration.lake.chain import CHAIN
from orchestration.lake.datasets import DATASETS
from orchestration.lake.errors import LakeDamagedError
from orchestration.lake.proof import prove
from orchestration.settings import Settings

# Reads "<lake> <N>": forks a collect that kills itself at the Nth change to the lake's folder (0: never);
# or "<lake> <seconds>s": kills it after that time; or "<lake> <bytes>b": no file may grow larger than that.
# Answers with the exit code, 28 when the disk refused, and the number of changes.
_HELPER = """
import errno, os, resource, signal, sys, time
from dataclasses import replace
from pathlib import Path

import duckdb, pyarrow.csv, pyarrow.parquet
from orchestration.collect import bank_files, collect, ledger_files
from orchestration.settings import Settings

landing = Path(sys.argv[1])
BATCH_BYTES = 8_000
CHANGES = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link"}

def child(lake, kill_at, answer):
    count = 0
    def watch(event, args):
        nonlocal count
        if event not in CHANGES or not str(args[0]).startswith(lake):
            return
        if event == "open" and not args[2] & (os.O_WRONLY | os.O_RDWR):
            return
        count += 1
        if count == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(watch)
    settings = Settings.from_environment()
    places = {"landing": landing, "lake": Path(lake), "warehouse": Path(lake + "-warehouse", "tieout.duckdb")}
    collect(replace(settings, **places, ledger_url=None, batch_bytes=BATCH_BYTES))
    os.write(answer, str(count).encode())

for line in sys.stdin:
    lake, moment = line.split()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            if moment.endswith("b"):
                resource.setrlimit(resource.RLIMIT_FSIZE, (int(moment[:-1]), resource.RLIM_INFINITY))
            child(lake, int(moment) if moment.isdigit() else 0, writing)
            os._exit(0)
        except OSError as error:
            os._exit(28 if error.errno == errno.EFBIG else 1)
        except BaseException:
            import traceback
            traceback.print_exc()
            os._exit(1)
    os.close(writing)
    if moment.endswith("s"):
        time.sleep(float(moment[:-1]))
        os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    print(code, os.read(reading, 20).decode() or 0, flush=True)
    os.close(reading)
"""


class _Helper:
    def __init__(self, landing: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _HELPER, str(landing)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, lake: Path, moment: str) -> tuple[int, int]:
        """Exit code of the collect, and its number of changes when it ended by itself."""
        self._process.stdin.write(f"{lake} {moment}\n")
        self._process.stdin.flush()
        code, changes = self._process.stdout.readline().split()
        return int(code), int(changes)

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(30)


@pytest.fixture
def helper(settings: Settings) -> Iterator[_Helper]:
    _deliver(settings.landing)
    helper = _Helper(settings.landing)
    yield helper
    helper.close()


def _deliver(landing: Path) -> None:
    """Real formats: BAI2 files, one broken, one twice, two ledger exports, pictures and a cash letter."""
    for number in range(1, 13):
        total = 100 * number
        (landing / f"bank/{number:02}.bai").write_text(
            f"01,BANK,TIEOUT,261102,0600,{number},,,2/\n02,TIEOUT,BANK,1,261102,,USD,2/\n"
            f"03,4711,USD,010,0,,,015,{total},,/\n16,399,{total},0,R{number},C{number},PAYMENT/\n"
            f"49,{2 * total},3/\n98,{2 * total},1,5/\n99,{2 * total},1,7/\n"
        )
    (landing / "bank/broken.bai").write_text("01,BANK,TIEOUT,261102,0600,1,,,2/\n02,broken\n")
    shutil.copy(landing / "bank/03.bai", landing / "bank/03-again.bai")
    for month in (1, 2):
        lines = "".join(
            f"E{month}-{n},1,2026-{month:02}-01,1000,{n}.5,EUR,,,,,2026-{month:02}-02T00:00:00Z\n"
            for n in range(1000)
        )
        (landing / f"ledger/journal_lines_{month}.csv").write_text(
            "entry_id,line_no,posted_on,gl_account,amount,currency,reference,counterparty,memo,"
            f"document_type,recorded_at\n{lines}"
        )
    for folder in ("documents", "cash_letters"):
        (landing / folder).mkdir()
    for number in range(6):
        Image.effect_noise((240, 320), 20 + number).save(landing / f"documents/{number}.jpg")
    day = date(2026, 1, 5)
    front, rear = drawn.cheque_front("1", "7", "Ada", 100, "2026-01-05"), drawn.cheque_rear()
    cheque = cash_letter.WrittenCheque("1", "7", 100, "Ada", day, front, rear)
    letter = cash_letter.write({"BUNDLE": [cheque]}, day, "LETTER", "ascii")
    (landing / "cash_letters/letter.x937").write_bytes(letter)


def _content(lake: Path) -> dict[str, list[tuple]]:
    excluded = {"collected_files": "load_id, collected_at"}
    return {
        dataset: duckdb.execute(
            f"select * exclude ({excluded.get(dataset, 'load_id')})"
            f" from read_parquet('{lake / dataset}/*.parquet') order by all"
        ).fetchall()
        for dataset in DATASETS
    }


def _check(settings: Settings, lake: Path, expected: dict[str, list[tuple]], moment: str) -> None:
    for file in lake.glob("[!_]*/*.parquet"):
        duckdb.execute(f"select * from read_parquet('{file}')").fetchall()  # no reader ever meets half a file
    collect(replace(settings, lake=lake))
    assert _content(lake) == expected, moment
    assert collect(replace(settings, lake=lake)).is_nothing_new, moment
    assert prove(lake, None).findings == [], moment
    leftovers = [
        path
        for path in lake.rglob("*")
        if path.is_file() and path.suffix != ".parquet" and path.parent.name != CHAIN
    ]
    assert leftovers == [lake / "_loads" / "lock"], moment


@pytest.mark.drawn
def test_killed_at_any_change_to_the_lake(settings: Settings, helper: _Helper, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    code, changes = helper.run(whole, "0")
    assert (code, changes > 100) == (0, True)
    expected = _content(whole)
    assert len(expected["bank_statement_lines"]) == 12
    assert (len(expected["document_pages"]), len(expected["cheque_images"])) == (6, 2)
    assert [row[3] for row in expected["collected_files"]].count("quarantined") == 1
    count = min(times(7), changes)
    for index in range(count):
        moment = str(1 + changes * index // count)
        lake = tmp_path / f"lake-{moment}"
        assert helper.run(lake, moment) == (-9, 0)
        _check(settings, lake, expected, moment)


@pytest.mark.drawn
def test_killed_at_random_moments_again_and_again(
    settings: Settings, helper: _Helper, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    helper.run(whole, "0")
    expected = _content(whole)
    moments = random.Random(20261124)
    for attempt in range(times(8)):
        lake = tmp_path / f"lake-{attempt // 4}"
        helper.run(lake, f"{moments.uniform(0.02, 0.6):.3f}s")
        if attempt % 4 == 3:
            _check(settings, lake, expected, f"attempt {attempt}")


def test_a_disk_that_takes_no_more_is_told_and_the_next_collect_is_whole(
    settings: Settings, helper: _Helper, tmp_path: Path
) -> None:
    """The limit on the size of a file stands for a full disk: the same calls fail."""
    whole = tmp_path / "whole"
    helper.run(whole, "0")
    expected = _content(whole)
    for limit in (50, 16_000, 30_000, 90_000, 200_000):
        lake = tmp_path / f"lake-{limit}"
        assert helper.run(lake, f"{limit}b") == (28, 0), limit
        _check(settings, lake, expected, f"{limit} bytes")


def test_half_a_file_of_the_lake_is_named(settings: Settings, helper: _Helper, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    helper.run(lake, "0")
    for dataset in ("bank_statement_lines", "collected_files"):
        file = max((lake / dataset).glob("*.parquet"))
        whole = file.read_bytes()
        file.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(LakeDamagedError, match=f"{file.name} was edited[^.]*Restore it from its backup"):
            collect(replace(settings, lake=lake))
        file.write_bytes(whole)
    assert collect(replace(settings, lake=lake)).is_nothing_new
