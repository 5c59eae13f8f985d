"""Learn the shipped weights of suggestions again, from nothing but labelled pairs.

    python benchmarks/suggestion_weights.py --linked FOLDER [--write]

Reads invented books (tests/python/mixed_books.py) and linked payments: FOLDER holds items.parquet, in the
columns of int_items_pool that suggestions read, and truth.parquet (bank_item_id, ledger_item_id). They come
three times: whole, and without a quarter and an eighth of each side's items, so that a pair is not taken
for granted. Prints what the weights are worth on books of other seeds; --write writes the seed."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

PROJECT = Path(__file__).parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests" / "python")]

from mixed_books import mixed_book, write_pool  # noqa: E402

from orchestration.training import learn, load_pairs, measure, read_weights, write_weights  # noqa: E402
from orchestration.training.weights import without_weight  # noqa: E402

SIZES = [4] * 20 + [8] * 15 + [15] * 15 + [40] * 20 + [120] * 12 + [400] * 8 + [1500] * 3
SEED, UNSEEN_SEED = 1000, 5000
# Of one item so many are taken away; 0 takes none.
REMOVED = {"": 0, "QUARTER": 4, "EIGHTH": 8}
# All mixed books, and one linked bank item of five: about as many pairs.
LEARNED_FROM = "(bank_item_id like 'MIX%' or is_held)"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--linked", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pairs = built(Path(folder) / "learn", SEED, arguments.linked, REMOVED)
        unseen = built(Path(folder) / "unseen", UNSEEN_SEED, arguments.linked, {"": 0, "QUARTER": 4})
        weights = learn(pairs, without_weight(read_weights()), LEARNED_FROM)
        for name, where in (
            ("mixed books", "bank_item_id like 'MIX%'"),
            ("linked payments", "bank_item_id not like 'MIX%'"),
        ):
            found = measure(unseen, weights, where)
            print(
                f"{name:<16} F1 {found.f1:.4f} precision {found.precision:.4f} recall {found.recall:.4f}"
                f" calibration error {found.calibration_error:.4f}"
            )
    if arguments.write:
        print(f"{write_weights(weights)} weights written")


def built(folder: Path, seed: int, linked: Path, removed: dict[str, int]) -> duckdb.DuckDBPyConnection:
    """The labelled candidate pairs of mixed books from a seed on, and of linked payments."""
    folder.mkdir()
    warehouse = folder / "tieout.duckdb"
    write_pool([mixed_book(f"MIX{seed + n}", size, seed + n) for n, size in enumerate(SIZES)], warehouse)
    with duckdb.connect(str(warehouse)) as connection:
        for tag, share in removed.items():
            kept = f"hash(item_id || '{seed}') % {share} <> 0" if share else "true"
            connection.execute(
                "insert into intermediate.int_items_pool by name"
                f" select * replace (item_id || '{tag}' as item_id, account_id || '{tag}' as account_id)"
                f" from '{linked}/items.parquet' where {kept}"
            )
            connection.execute(
                f"insert into truth select bank_item_id || '{tag}', ledger_item_id || '{tag}' from"
                f" '{linked}/truth.parquet'"
                f" where bank_item_id || '{tag}' in (select item_id from intermediate.int_items_pool)"
                f" and ledger_item_id || '{tag}' in (select item_id from intermediate.int_items_pool)"
            )
    models_only = ["--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    selected = ["match_weights", "+int_suggestion_features,path:models/intermediate/suggestions"]
    subprocess.run(
        [
            *("dbt", "build", "--quiet", *models_only),
            *("--vars", "{suggestion_pool: int_items_pool}", "--select", *selected),
        ],
        cwd=PROJECT,
        env={**os.environ, "TIEOUT_WAREHOUSE": str(warehouse), "TIEOUT_COLLECT": "off"},
        check=True,
    )
    connection = duckdb.connect()
    load_pairs(connection, [warehouse])
    return connection


if __name__ == "__main__":
    main()
