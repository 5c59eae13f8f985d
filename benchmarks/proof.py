"""What the chain costs a lake, in one run: python benchmarks/proof.py [--loads 300] [--rows 20000]

Appends loads of bank lines, with their links, and then compares reading every byte, hashing every byte, the
script docs/verify_lake.py, `tieout verify`, and what a collection proves when nothing came. Processor
seconds, each part in a process of its own, medians of five.
"""

from __future__ import annotations

import argparse
import datetime
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from decimal import Decimal
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from orchestration.lake import chain, load
from orchestration.lake.datasets import BankStatementLine
from orchestration.lake.proof import prove, prove_new
from orchestration.settings import PROJECT_DIR, Settings

FIRST = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
RUNS = 5


def append(settings: Settings, loads: int, rows: int) -> None:
    """Append loads of lines that differ in amount, reference and memo."""
    for number in range(loads):
        at = FIRST + datetime.timedelta(days=number)
        lines = [
            BankStatementLine(
                **dict.fromkeys(BankStatementLine._fields)
                | {
                    "statement_number": 1,
                    "line_number": line,
                    "account_number": "DE80999000000471100815",
                    "currency": "EUR",
                    "amount": Decimal(line * 7919 % 1_000_003) / 100,
                    "booking_status": "booked",
                    "booked_on": at.date(),
                    "reference": f"RF{number:05}{line:06}",
                    "counterparty": f"Company {line * 31 % 997}",
                    "memo": f"payment for invoice {line * 104_729 % 1_000_003}",
                }
            )
            for line in range(1, rows + 1)
        ]
        with load.open_load(settings, lambda at=at: at) as opened:
            opened.write("bank_statement_lines", lines)


def read_every_byte(lake: Path) -> None:
    """The floor."""
    for file in lake.rglob("*.parquet"):
        with file.open("rb", buffering=0) as handle:
            while handle.read(1 << 20):
                pass


def hash_every_byte(lake: Path) -> None:
    """The least that a proof costs."""
    for file in lake.rglob("*.parquet"):
        chain.sha256(file)


def script(lake: Path) -> None:
    """The script that needs nothing of Tieout."""
    subprocess.run(
        [sys.executable, "-I", PROJECT_DIR / "docs" / "verify_lake.py", lake], check=True, stdout=-3
    )


def verify(lake: Path) -> None:
    """What `tieout verify` does with the lake."""
    assert prove(lake, None).findings == []


def _seconds(work: Callable[[], object]) -> float:
    work()
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def processor_seconds(work: Callable[[], object]) -> float:
    """Of one process with all that it starts, less what a process costs that does nothing."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_seconds, work).result()


def nothing() -> None:
    """What a process costs."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--loads", type=int, default=300)
    parser.add_argument("--rows", type=int, default=20_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(
            Settings.from_environment(), lake=Path(folder, "lake"), warehouse=Path(folder, "w")
        )
        appended = processor_seconds(partial(append, settings, asked.loads, asked.rows))
        prove_new(settings)
        files = list(settings.lake.rglob("*.parquet"))
        size = sum(file.stat().st_size for file in files)
        links = sum(file.stat().st_size for file in (settings.lake / chain.CHAIN).iterdir())
        print(f"{len(files):,} files, {size / 1e6:,.0f} MB, links {links / 1e6:,.1f} MB")
        print(f"appending {asked.loads * asked.rows:,} rows: {appended:.1f} s")
        parts: dict[str, Callable[[], object]] = {
            "a process": nothing,
            "read every byte": partial(read_every_byte, settings.lake),
            "hash every byte": partial(hash_every_byte, settings.lake),
            "docs/verify_lake.py": partial(script, settings.lake),
            "tieout verify, the lake": partial(verify, settings.lake),
            "a collection with nothing new": partial(prove_new, settings),
        }
        seconds = {name: median(processor_seconds(work) for _ in range(RUNS)) for name, work in parts.items()}
        base = seconds.pop("a process")
        floor = seconds["hash every byte"] - base
        for name, used in seconds.items():
            print(f"{name:<32}{used - base:>8.2f} s{(used - base) / floor:>8.2f} of hashing")


if __name__ == "__main__":
    main()
