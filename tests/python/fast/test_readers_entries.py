"""One entry of a statement or a report changed, as who knows its format would: the file is refused, or that
entry's amount is the only one that differs."""

from __future__ import annotations

import io
import random
import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from scale import times

from orchestration.collect import landing
from orchestration.collect.readers import load_csv_profiles, read
from orchestration.collect.settlements import load_settlement_profiles, read_settlement
from orchestration.lake.datasets import BankStatementLine
from orchestration.lake.errors import UnreadableFile

FOLDER = Path(__file__).parents[1]
PATH = "bank/account=0044/currency=USD/export"
CSV_PROFILES = load_csv_profiles(landing.CSV_PROFILES)
SETTLEMENT_PROFILES = load_settlement_profiles(landing.SETTLEMENT_PROFILES)
# Where an entry stands; of tables in each line behind the first.
ENTRIES = {
    ".xml": rb"<Ntry>.*?</Ntry>\s*",
    ".mt940": rb":61:.*?\n(?=:6[12])",
    ".bai2": rb"(?<=\n)16,.*?\n(?=16,|49)",
    ".ofx": rb"<STMTTRN>.*?(?=<STMTTRN>|</BANKTRANLIST)",
    ".qif": rb"(?<=\n)D.*?\^\r?\n",
    ".csv": rb"(?<=\n)[^\n]+\n",
}
SIGNS = [
    *((b"CRDT", b"DBIT"), (b"DBIT", b"CRDT"), (b",475,", b",142,"), (b"<TRNAMT>-", b"<TRNAMT>")),
    *(
        (b"05C", b"05D"),
        (b"05D", b"05C"),
        (b"\nT-", b"\nT"),
        (b";-", b";"),
        (b",-", b","),
        (b"Debit", b"Credit"),
    ),
]
Change = tuple[bytes, Callable[[Counter, Counter], bool]]


def amounts(path: Path, content: bytes) -> Counter[Decimal]:
    """What is read, by how often."""
    if path.parent.name == "samples_settlements":
        return Counter(line.net for line in read_settlement(io.BytesIO(content), SETTLEMENT_PROFILES))
    rows = read(io.BytesIO(content), CSV_PROFILES, PATH)
    return Counter(row.amount for row in rows if isinstance(row, BankStatementLine))


def changed(content: bytes, entries: list[tuple[int, int]], rng: random.Random) -> Change:
    """The file with one entry changed, and what may then be gone and new of its amounts."""
    start, end = rng.choice(entries)
    entry, before, after = content[start:end], content[:start], content[end:]
    kind = rng.choice(["dropped", "twice", "moved", "signed", "cut", "marks"])
    if kind == "dropped":
        return before + after, lambda gone, new: gone.total() <= 1 and not new
    if kind == "twice":
        return before + entry + entry + after, lambda gone, new: not gone and new.total() <= 1
    if kind == "moved":
        to = rng.choice(entries)[0]
        rest = before + after
        at = to if to <= start else to - len(entry)
        return rest[:at] + entry + rest[at:], lambda gone, new: not gone and not new
    if kind == "signed":
        old, new_sign = rng.choice(SIGNS)
        return (
            before + entry.replace(old, new_sign, 1) + after,
            lambda gone, new: gone.total() == new.total() <= 1 and {*map(abs, gone)} == {*map(abs, new)},
        )
    if kind == "cut":
        # A line without its end may be whole, or not: of the last one alone nobody can tell.
        return content[: rng.randrange(start, end)], lambda gone, new: new.total() <= 1
    swapped = entry.replace(b".", b"\0").replace(b",", b".").replace(b"\0", b",")
    return before + swapped + after, lambda gone, new: not gone and not new


@pytest.mark.drawn
def test_an_entry_that_is_changed_changes_its_amount_alone() -> None:
    paths = [path for path in sorted(FOLDER.glob("samples*/*")) if path.suffix in ENTRIES]
    bank = [path for path in paths if path.parent.name == "samples"]
    read_in_full: Counter[str] = Counter()
    for number in range(times(200)):
        rng = random.Random(number)
        path = rng.choice(paths + bank * 5)
        content = path.read_bytes()
        entries = [
            match.span()
            for match in re.finditer(ENTRIES[path.suffix], content, re.DOTALL)
            if content.count(b'"', 0, match.start()) % 2 == 0  # of a text in quotes a line is no row
        ]
        mutant, is_right = changed(content, entries, rng)
        try:
            found = amounts(path, mutant)
        except UnreadableFile:
            continue
        known = amounts(path, content)
        gone, new = known - found, found - known
        assert is_right(gone, new), f"mutant {number} of {path.name}: gone {dict(gone)}, new {dict(new)}"
        read_in_full[path.suffix] += 1
    assert read_in_full.keys() >= {".xml", ".mt940", ".ofx", ".csv"}
