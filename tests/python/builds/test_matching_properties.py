"""The same deliveries in another order, in other pieces, twice or late end in the same matches."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from dbt_runs import MODELS_ONLY, run_dbt, warehouse_of
from independent_books import generate_books

UP_TO_MATCHES = ["build", *MODELS_ONLY, "--select", "+int_items_matched", "+int_items_open"]
STATE = """
    select item_id, match_id, rule_code, cleared_on from intermediate.int_items_matched
    union all
    select item_id, null, 'open', null from intermediate.int_items_open
    order by all
"""


def state(zone: Path) -> list[tuple]:
    """Every matched item with its match, and every open one."""
    with duckdb.connect(str(warehouse_of(zone)), read_only=True) as connection:
        return connection.execute(STATE).fetchall()


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    landing = tmp_path_factory.mktemp("books") / "landing"
    generate_books(landing, landing.with_name("truth.csv"), seed=7, size=800)
    return landing


@pytest.fixture(scope="module")
def expected(books: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple]:
    zone = tmp_path_factory.mktemp("expected")
    run_dbt(*UP_TO_MATCHES, zone=zone, landing=books)
    rows = state(zone)
    assert sum(match_id is not None for _, match_id, *_ in rows) > 400
    return rows


def files(landing: Path) -> list[Path]:
    return sorted(path for path in landing.rglob("*") if path.is_file())


def deliver(source: Path, landing: Path, paths: list[Path]) -> None:
    for path in paths:
        target = landing / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)


def in_another_order(books: Path, landing: Path, build: Callable[[], None]) -> None:
    """Half of the files, chosen by chance, are collected and built before the other half."""
    paths = files(books)
    random.Random(3).shuffle(paths)
    accounts = [path for path in paths if path.name.startswith("accounts")]
    deliver(books, landing, accounts + paths[: len(paths) // 2])
    build()
    deliver(books, landing, paths)


def twice_under_other_names(books: Path, landing: Path, build: Callable[[], None]) -> None:
    """Every statement comes again, with a blank line more where its format allows one."""
    deliver(books, landing, files(books))
    build()
    for path in files(books / "bank"):
        again = landing / "bank" / "again" / f"copy-{path.name}"
        again.parent.mkdir(exist_ok=True)
        again.write_bytes(path.read_bytes() + (b"\n" if path.suffix in (".csv", ".xml") else b""))


def split_and_shuffled(books: Path, landing: Path, build: Callable[[], None]) -> None:
    """The journal comes in five files, its lines in any order."""
    deliver(books, landing, [path for path in files(books) if not path.name.startswith("journal_lines")])
    rows = []
    for path in files(books / "ledger"):
        if path.name.startswith("journal_lines"):
            with path.open(encoding="utf-8", newline="") as file:
                header, *found = csv.reader(file)
                rows += found
    random.Random(5).shuffle(rows)
    for piece in range(5):
        name = landing / "ledger" / f"journal_lines_{piece}.csv"
        with name.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows[piece::5]])


def late(books: Path, landing: Path, build: Callable[[], None]) -> None:
    """A tenth of the statements comes after two builds."""
    paths = files(books)
    withheld = set(random.Random(9).sample(files(books / "bank"), max(1, len(files(books / "bank")) // 10)))
    deliver(books, landing, [path for path in paths if path not in withheld])
    build()
    build()
    deliver(books, landing, sorted(withheld))


def all_at_once(books: Path, landing: Path, build: Callable[[], None]) -> None:
    """In two halves, a tenth of the statements twice, and the journal in pieces: one build between."""
    split_and_shuffled(books, landing, build)
    withheld = random.Random(3).sample(files(landing), len(files(landing)) // 2)
    withheld = [path for path in withheld if not path.name.startswith("accounts")]
    contents = {path: path.read_bytes() for path in withheld}
    for path in withheld:
        path.unlink()
    build()
    for path, content in contents.items():
        path.write_bytes(content)
    for path in random.Random(9).sample(files(books / "bank"), len(files(books / "bank")) // 10):
        again = landing / "bank" / "again" / f"copy-{path.name}"
        again.parent.mkdir(exist_ok=True)
        again.write_bytes(path.read_bytes() + (b"\n" if path.suffix in (".csv", ".xml") else b""))


ALONE = (in_another_order, twice_under_other_names, split_and_shuffled, late)


@pytest.mark.parametrize("way", [all_at_once, *(pytest.param(way, marks=pytest.mark.more) for way in ALONE)])
def test_the_way_of_delivery_does_not_matter(
    books: Path, expected: list[tuple], tmp_path: Path, way: Callable[..., None]
) -> None:
    landing = tmp_path / "landing"

    def build() -> None:
        run_dbt(*UP_TO_MATCHES, zone=tmp_path / "zone", landing=landing)

    way(books, landing, build)
    build()
    assert state(tmp_path / "zone") == expected
