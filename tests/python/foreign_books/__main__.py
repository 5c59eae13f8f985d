"""Write the books, score a warehouse: python -m tests.python.foreign_books --help."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from .score import Score, ZoneScore, score
from .zone import COMPANIES, write_zone


def main(arguments: list[str] | None = None) -> int:
    """Run a command; 1 where the warehouse is not right."""
    parser = argparse.ArgumentParser(prog="python -m tests.python.foreign_books", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    generate = commands.add_parser("generate", help="write landing/ and truth.csv into a folder")
    generate.add_argument("zone", type=Path)
    generate.add_argument(
        "--company", action="append", choices=COMPANIES, help="may be repeated; all of them if not given"
    )
    generate.add_argument("--items", type=int, default=300, help="about so many items of each company (300)")
    generate.add_argument("--seed", type=int, default=1)
    scored = commands.add_parser("score", help="compare a built warehouse with a folder's truth")
    scored.add_argument("zone", type=Path)
    scored.add_argument("warehouse", type=Path, help="the DuckDB file")
    scored.add_argument(
        "--wrong", type=int, default=40, help="how many wrong matches of a company to show (40)"
    )
    scored.add_argument("--kinds", action="store_true", help="also show what is found of each kind")
    options = parser.parse_args(arguments)
    if options.command == "generate":
        rows = write_zone(options.zone, options.company or COMPANIES, options.items, options.seed)
        for company, count in Counter(row.company for row in rows).items():
            print(f"{company:24} {count:7} items")
        return 0
    found = score(options.zone, options.warehouse)
    show(found, options.wrong, options.kinds)
    return int(not found.is_right)


def show(found: ZoneScore, wrong: int, kinds: bool) -> None:
    """Print a table of the companies, the wrong matches with their texts, and what does not come out."""
    print(
        f"{'company':22}{'items':>7}{'decidable':>10}{'found':>8}{'or sugg.':>9}{'open':>6}{'partial':>8}"
        f"{'guessed':>8}{'wrong':>6}{'w. sugg.':>9}"
    )
    for one in found.companies.values():
        print(
            f"{one.company:22}{one.items:7}{one.decidable.total():10}{one.recall:8.1%}"
            f"{one.recall_with_suggestions:9.1%}{one.open:6}{one.partial:8}{one.guessed:8}{len(one.wrong):6}"
            f"{one.wrong_suggestions:9}"
        )
    print(
        f"reconciliations with a difference: {len(found.differences)}; items not in the truth: "
        f"{found.not_in_truth}; not in the warehouse: {found.not_in_warehouse}"
    )
    for one in found.companies.values():
        _show_company(one, wrong, kinds)
    for account_id, as_of_on, difference in found.differences[:wrong]:
        print(f"difference of {account_id} on {as_of_on}: {difference}")


def _show_company(one: Score, wrong: int, kinds: bool) -> None:
    if kinds:
        print(f"\n{one.company}: found, or suggested, of decidable items of each kind")
        for kind, count in sorted(one.decidable.items()):
            print(f"  {kind:40}{one.found[kind]:5}{one.found_or_suggested[kind]:5} of{count:5}")
    if one.wrong:
        print(f"\n{one.company}: {len(one.wrong)} wrong matches")
        for (rule_code, planted), count in Counter(
            (each.rule_code, each.kinds) for each in one.wrong
        ).most_common():
            print(f"  {count:4} x {rule_code}: {planted}")
        for each in one.wrong[:wrong]:
            print(each)


if __name__ == "__main__":
    sys.exit(main())
