"""The demo company: the same bytes every time, statements that prove, and a truth that covers everything.

The checks of each format are small and written anew here, so that a mistake shared by the generator
and the readers cannot hide; the readers then have to see exactly what the truth says.
"""

from __future__ import annotations

import csv
import hashlib
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pyarrow.parquet
import pytest

from orchestration.collect.readers import load_csv_profiles, read
from orchestration.demo import DemoSummary, FolderError, generate, mix
from orchestration.demo.company import ACCOUNTS
from orchestration.demo.numbers import Numbers
from orchestration.lake.datasets import BankStatement, BankStatementLine, BankStatementLineDetail
from orchestration.lake.errors import UnreadableFile
from orchestration.settings import PROJECT_DIR

LANDING = PROJECT_DIR / "landing"
TRUTH = PROJECT_DIR / "tests" / "planted" / "truth"
CAMT = "{urn:iso:std:iso:20022:tech:xsd:camt.053.001.08}"
# Landing zone and truth together; they are committed.
SHIPPED_BYTES = 3_500_000
ONE_SIDED_KINDS = {"ledger_reversal", "returned_by_bank", "reversal_by_bank"}
# The difference of these is described: the bank's amount less the books'.
DESCRIBED_KINDS = {"fee_deducted", "fx_payment", "short_payment"}
DIFFERING_KINDS = {"swapped_digits", *DESCRIBED_KINDS}

Row = dict[str, str]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, DemoSummary]:
    """A fresh generation with the defaults: landing folder, truth folder, summary."""
    base = tmp_path_factory.mktemp("demo")
    return base / "landing", base / "truth", generate(base / "landing", base / "truth")


def rows_of(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "README.md" and path.name != ".gitattributes"
    }


def planted(truth: Path, kind: str) -> list[Row]:
    return [row for row in rows_of(truth / "planted.csv") if row["kind"] == kind]


def corrupt_files(truth: Path) -> set[str]:
    return {row["file"] for row in planted(truth, "corrupt_file")}


def statement_files(landing: Path, truth: Path, pattern: str) -> list[Path]:
    corrupt = corrupt_files(truth)
    found = sorted(
        path for path in landing.glob(f"bank/{pattern}") if re.search(r"_\d{8}(_late)?$", path.stem)
    )
    assert found, f"no file matches {pattern}"
    return [path for path in found if path.relative_to(landing).as_posix() not in corrupt]


# Determinism and folders


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        generate(tmp_path / name, tmp_path / f"{name}-truth", seed=11, days=12)
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    assert digests(tmp_path / "one-truth") == digests(tmp_path / "two-truth")


def test_another_seed_gives_another_company(tmp_path: Path) -> None:
    generate(tmp_path / "one", tmp_path / "one-truth", seed=11, days=5)
    generate(tmp_path / "two", tmp_path / "two-truth", seed=12, days=5)
    assert digests(tmp_path / "one") != digests(tmp_path / "two")


def test_the_repository_holds_the_default_company(demo: tuple[Path, Path, DemoSummary]) -> None:
    landing, truth, _ = demo
    assert digests(LANDING) == digests(landing), "run tieout demo with its defaults and commit the result"
    assert digests(TRUTH) == digests(truth), "run tieout demo with its defaults and commit the result"


def test_the_default_company_stays_small(demo: tuple[Path, Path, DemoSummary]) -> None:
    landing, truth, summary = demo
    size = sum(path.stat().st_size for folder in (landing, truth) for path in folder.rglob("*"))
    assert size < SHIPPED_BYTES
    assert 1_500 <= summary.bank_lines <= 2_000
    assert (summary.first_on, summary.last_on) == (date(2026, 1, 2), date(2026, 3, 26))


def test_a_shorter_run_replaces_a_longer_one_and_keeps_the_readme(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    generate(landing, tmp_path / "truth", days=8)
    (landing / "README.md").write_text("mine", encoding="utf-8")
    generate(landing, tmp_path / "truth", days=3)
    generate(tmp_path / "fresh", tmp_path / "fresh-truth", days=3)
    assert digests(landing) == digests(tmp_path / "fresh")
    assert (landing / "README.md").read_text(encoding="utf-8") == "mine"


def test_one_more_plant_moves_nothing_but_balances_and_sweeps(
    demo: tuple[Path, Path, DemoSummary], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever adds a case reads its own lines in the difference, not a new company."""
    rates = mix.PLANTED_PER_1000_LINES
    monkeypatch.setitem(rates, "split_receipt", rates["split_receipt"] + 1)
    more = generate(tmp_path / "landing", tmp_path / "truth")
    assert more.planted["split_receipt"] > demo[2].planted["split_receipt"]
    matches = {tuple(row.values()) for row in rows_of(tmp_path / "truth" / "matches.csv")}
    gone = [row for row in rows_of(demo[1] / "matches.csv") if tuple(row.values()) not in matches]
    assert {row["kind"] for row in gone} <= {"own_transfer"}
    before, after = digests(demo[0]), digests(tmp_path / "landing")
    changed = [file for file in before.keys() | after.keys() if before.get(file) != after.get(file)]
    assert len(changed) < 30, sorted(changed)


def test_a_plant_takes_no_number_from_what_follows_and_none_twice() -> None:
    numbers = Numbers(lines_per_day=1, planted_lines_per_day=1)
    days = []
    for plants in (0, 5):
        numbers.begin_day(3)
        found = [numbers.next("INV")]
        planted_numbers = []
        for seed in range(plants):
            # The same place each time, which is taken from the second on.
            with numbers.planted(Random(0 if seed < 2 else seed)):
                planted_numbers += [numbers.next("INV") for _ in range(20)]
        days.append([*found, numbers.next("INV")])
    assert days[0] == days[1]
    numbers.begin_day(4)
    every = [*days[0], *planted_numbers, numbers.next("INV")]
    assert len(set(every)) == len(every) == 103
    assert max(every[:-1]) < every[-1]


@pytest.mark.parametrize("owner", ["landing", "truth"])
def test_a_folder_with_somebody_elses_file_is_refused_untouched(tmp_path: Path, owner: str) -> None:
    generate(tmp_path / "landing", tmp_path / "truth", days=2)
    (tmp_path / owner / "statement.csv").write_text("precious", encoding="utf-8")
    before = digests(tmp_path)
    with pytest.raises(FolderError, match=r"statement\.csv"):
        generate(tmp_path / "landing", tmp_path / "truth", days=3)
    assert digests(tmp_path) == before


def test_the_truth_may_not_lie_inside_the_landing_zone(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="beside"):
        generate(tmp_path, tmp_path / "truth", days=2)
    assert not list(tmp_path.iterdir())


def test_a_marker_cannot_name_a_file_outside_its_folder(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "precious.csv").write_text("precious", encoding="utf-8")
    (tmp_path / "landing" / ".tieout-demo").write_text("../precious.csv\n", encoding="utf-8")
    with pytest.raises(FolderError, match="outside"):
        generate(tmp_path / "landing", tmp_path / "truth", days=2)
    assert (tmp_path / "precious.csv").exists()


@pytest.mark.parametrize("arguments", [{"days": 0}, {"lines_per_day": 0}, {"ledger_format": "xlsx"}])
def test_unusable_arguments_are_refused(tmp_path: Path, arguments: dict) -> None:
    with pytest.raises(ValueError, match=r"must be at least 1|may be csv or parquet"):
        generate(tmp_path / "landing", tmp_path / "truth", **arguments)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("days", "lines_per_day", "start_on"),
    [(1, 1, date(2026, 1, 3)), (4, 30, date(2026, 12, 29)), (15, 400, date(2027, 6, 30))],
)
def test_short_and_busy_companies_hold_together(
    tmp_path: Path, days: int, lines_per_day: int, start_on: date
) -> None:
    landing, truth = tmp_path / "landing", tmp_path / "truth"
    generate(landing, truth, days=days, lines_per_day=lines_per_day, start_on=start_on)
    assert_truth_covers(landing, truth)


# The ledger


def journal(landing: Path) -> list[Row]:
    return [row for path in sorted(landing.glob("ledger/journal_lines_*.csv")) for row in rows_of(path)]


def current_journal(landing: Path) -> dict[tuple[str, str], Row]:
    """The newest version of every journal line."""
    current: dict[tuple[str, str], Row] = {}
    for row in sorted(journal(landing), key=lambda row: row["recorded_at"]):
        current[row["entry_id"], row["line_no"]] = row
    return current


def test_every_journal_entry_balances(demo: tuple[Path, Path, DemoSummary]) -> None:
    sums: Counter[tuple[str, str]] = Counter()
    for (entry_id, _), row in current_journal(demo[0]).items():
        sums[entry_id, row["currency"]] += Decimal(row["amount"])
    assert len(sums) > 1_000
    assert not {entry: total for entry, total in sums.items() if total}


def test_journal_lines_use_the_chart_and_their_month(demo: tuple[Path, Path, DemoSummary]) -> None:
    chart = {row["gl_account"]: row for row in rows_of(demo[0] / "ledger" / "accounts.csv")}
    assert [row["bank_account"] for row in chart.values() if row["bank_account"]] == [
        account.number for account in ACCOUNTS
    ]
    for path in sorted(demo[0].glob("ledger/journal_lines_*.csv")):
        for row in rows_of(path):
            assert chart[row["gl_account"]]["currency"] == row["currency"]
            assert row["recorded_at"].startswith(path.stem.removeprefix("journal_lines_"))
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["recorded_at"])
            assert row["posted_on"] <= row["recorded_at"][:10]


def test_opening_entries_equal_the_first_statements(demo: tuple[Path, Path, DemoSummary]) -> None:
    totals = {row["gl_account"]: row for row in rows_of(demo[1] / "totals.csv")}
    opened = {
        row["gl_account"]: row["amount"]
        for row in journal(demo[0])
        if row["document_type"] == "opening_balance" and row["gl_account"] in totals
    }
    assert opened == {account: row["opening_balance"] for account, row in totals.items()}


def test_parquet_carries_the_same_journal(tmp_path: Path) -> None:
    generate(tmp_path / "csv", tmp_path / "csv-truth", days=25)
    generate(tmp_path / "parquet", tmp_path / "parquet-truth", days=25, ledger_format="parquet")
    tables = [pyarrow.parquet.read_table(path) for path in sorted(tmp_path.glob("parquet/ledger/journal*"))]
    records = [record for table in tables for record in table.to_pylist()]
    texts = journal(tmp_path / "csv")
    assert len(records) == len(texts)
    for record, text in zip(records, texts, strict=True):
        assert record["amount"] == Decimal(text["amount"])
        assert record["recorded_at"].strftime("%Y-%m-%dT%H:%M:%SZ") == text["recorded_at"]
        assert (record["reference"] or "") == text["reference"]


# Statements, format by format


def test_bai2_control_totals_prove(demo: tuple[Path, Path, DemoSummary]) -> None:
    previous_closing = None
    for path in statement_files(demo[0], demo[1], "usd-operating/*/operating_*.bai"):
        records = [line.split(",") for line in path.read_text(encoding="ascii").splitlines()]
        assert all(len(",".join(record)) <= 80 for record in records)
        account, summary = records[2], records[3]
        opening, closing = int(account[4]), int(account[8])
        amounts = [int(record[2]) for record in records if record[0] == "16"]
        movement = sum(
            int(record[2]) * (1 if int(record[1]) < 400 else -1) for record in records if record[0] == "16"
        )
        assert opening + movement == closing
        assert previous_closing in (None, opening)
        previous_closing = closing
        summaries = [opening, closing, *(int(summary[index]) for index in (2, 6, 10))]
        trailers = {record[0]: record for record in records if record[0] in ("49", "98", "99")}
        assert {int(record[1]) for record in trailers.values()} == {sum(amounts) + sum(summaries)}
        counts = [int(trailers[code][-1].rstrip("/")) for code in ("49", "98", "99")]
        assert counts == [len(records) - 4, len(records) - 2, len(records)]
        assert int(summary[7]) + int(summary[11]) == len(amounts)


def test_mt940_balances_chain(demo: tuple[Path, Path, DemoSummary]) -> None:
    previous = None
    for path in statement_files(demo[0], demo[1], "eur-collections/*/mt940_*.sta"):
        content = path.read_bytes()
        assert content.count(b"\n") == content.count(b"\r\n")
        text = content.decode("ascii")
        assert all(len(line) <= 65 for line in text.splitlines()[1:])
        opening, closing = (
            Decimal(amount.replace(",", ".")) * (1 if mark == "C" else -1)
            for mark, amount in re.findall(r":6[02]F:([CD])\d{6}EUR(\d+,\d\d)", text)
        )
        movement = Decimal(0)
        for mark, amount in re.findall(r":61:\d{10}(RC|RD|C|D)(\d+,\d\d)N", text):
            movement += Decimal(amount.replace(",", ".")) * (1 if mark in ("C", "RD") else -1)
        number = int(re.search(r":28C:(\d{5})/001", text)[1])
        assert opening + movement == closing
        assert previous in (None, (number - 1, opening))
        previous = (number, closing)


def test_ofx_balances_chain(demo: tuple[Path, Path, DemoSummary]) -> None:
    balance = next(
        Decimal(r["opening_balance"]) for r in rows_of(demo[1] / "totals.csv") if r["gl_account"] == "1020"
    )
    versions, identifiers = set(), []
    for path in statement_files(demo[0], demo[1], "usd-payroll/*/*.ofx"):
        text = path.read_text(encoding="ascii")
        versions.add("OFXHEADER:100" in text)
        movement = sum((Decimal(value) for value in re.findall(r"<TRNAMT>([-.\d]+)", text)), Decimal(0))
        assert balance + movement == Decimal(re.search(r"<BALAMT>([-.\d]+)", text)[1])
        balance += movement
        identifiers += re.findall(r"<FITID>(\w+)", text)
        first, last = re.search(r"<DTSTART>(\d{8})", text)[1], re.search(r"<DTEND>(\d{8})", text)[1]
        assert all(first <= posted <= last for posted in re.findall(r"<DTPOSTED>(\d{8})", text))
        if "OFXHEADER:100" not in text:
            ElementTree.fromstring(text)
    assert versions == {True, False}
    assert len(identifiers) == len(set(identifiers)) > 100


def test_csv_running_balances_chain(demo: tuple[Path, Path, DemoSummary]) -> None:
    balance = next(
        Decimal(r["opening_balance"]) for r in rows_of(demo[1] / "totals.csv") if r["gl_account"] == "1030"
    )
    for path in statement_files(demo[0], demo[1], "usd-deposits/*/deposits_????????.csv"):
        for row in rows_of(path):
            balance += Decimal(row["Amount"])
            assert Decimal(row["Running Balance"]) == balance
            assert re.fullmatch(r"\d\d/\d\d/\d{4}", row["Posting Date"])


def signed_amount(element: ElementTree.Element) -> Decimal:
    amount = Decimal(element.findtext(f"{CAMT}Amt"))
    return amount if element.findtext(f"{CAMT}CdtDbtInd") == "CRDT" else -amount


@pytest.mark.parametrize("alias", ["eur-main", "eur-savings"])
def test_camt_balances_details_and_chain(demo: tuple[Path, Path, DemoSummary], alias: str) -> None:
    gaps = {(row["item_on"], Decimal(row["amount"])) for row in planted(demo[1], "balance_gap")}
    previous, found_gaps = None, set()
    for path in statement_files(demo[0], demo[1], f"{alias}/*/camt053_????????.xml"):
        statement = ElementTree.parse(path).getroot().find(f"{CAMT}BkToCstmrStmt/{CAMT}Stmt")
        balances = {b.findtext(f"{CAMT}Tp/{CAMT}CdOrPrtry/{CAMT}Cd"): b for b in statement.iter(f"{CAMT}Bal")}
        opening, closing = (signed_amount(balances[code]) for code in ("OPBD", "CLBD"))
        entries = list(statement.iter(f"{CAMT}Ntry"))
        assert opening + sum(signed_amount(entry) for entry in entries) == closing
        for entry in entries:
            assert sum(signed_amount(d) for d in entry.iter(f"{CAMT}TxDtls")) == signed_amount(entry)
        if previous not in (None, opening):
            found_gaps.add((balances["OPBD"].findtext(f"{CAMT}Dt/{CAMT}Dt"), opening - previous))
        previous = closing
    assert found_gaps == (gaps if alias == "eur-main" else set())


def test_ibans_have_valid_check_digits(demo: tuple[Path, Path, DemoSummary]) -> None:
    ibans = {account.number for account in ACCOUNTS if account.currency == "EUR"}
    for path in demo[0].glob("bank/eur-*/*/*"):
        ibans.update(re.findall(r"(?:<IBAN>|\?31)(DE\d{20})", path.read_text(encoding="utf-8")))
    assert len(ibans) > 60
    for iban in ibans:
        assert int("".join(str(int(c, 36)) for c in iban[4:] + iban[:4])) % 97 == 1, iban


# The truth


def readable_rows(landing: Path, path: Path) -> list:
    profiles = load_csv_profiles(PROJECT_DIR / "seeds" / "reference" / "csv_profiles.csv")
    with (landing / path).open("rb") as stream:
        return list(read(stream, profiles))


def bank_keys(landing: Path, truth: Path) -> Counter[tuple]:
    """Every booked bank line as the readers see it, each once however often it was delivered."""
    corrupt = corrupt_files(truth)
    keys: set[tuple] = set()
    for path in sorted(landing.glob("bank/*/*/*")):
        relative = path.relative_to(landing)
        if relative.as_posix() in corrupt:
            with pytest.raises(UnreadableFile):
                readable_rows(landing, relative)
            continue
        for row in readable_rows(landing, relative):
            if isinstance(row, BankStatementLine) and row.booking_status == "booked":
                amount = row.amount.quantize(Decimal("0.01"))
                keys.add((row.account_number, row.bank_reference, str(amount), row.booked_on.isoformat()))
    return Counter(keys)


def truth_rows(truth: Path, side: str) -> list[Row]:
    """Matched and open rows of one side."""
    matched = rows_of(truth / "matches.csv")
    still_open = [row for row in rows_of(truth / "planted.csv") if row["is_open"] == "true"]
    return [row for row in matched + still_open if row["side"] == side]


def assert_truth_covers(landing: Path, truth: Path) -> None:
    """The truth names every bank line and every cash line of the ledger exactly once."""
    expected = Counter(
        (row["account_number"], row["bank_reference"], row["amount"], row["item_on"])
        for row in truth_rows(truth, "bank")
    )
    assert bank_keys(landing, truth) == expected
    numbers = {account.gl_account: account.number for account in ACCOUNTS}
    cash_lines = Counter(
        (numbers[row["gl_account"]], *key, row["amount"], row["posted_on"])
        for key, row in current_journal(landing).items()
        if row["gl_account"] in numbers
    )
    assert cash_lines == Counter(
        (row["account_number"], row["entry_id"], row["line_no"], row["amount"], row["item_on"])
        for row in truth_rows(truth, "ledger")
    )


def test_the_truth_covers_every_line_exactly_once(demo: tuple[Path, Path, DemoSummary]) -> None:
    assert_truth_covers(demo[0], demo[1])


def test_matches_balance_but_for_the_planted_differences(demo: tuple[Path, Path, DemoSummary]) -> None:
    described = {
        (row["account_number"], row["bank_reference"]): Decimal(
            re.match(r"Difference (-?\d+\.\d\d): ", row["description"])[1]
        )
        for kind in DESCRIBED_KINDS
        for row in planted(demo[1], kind)
    }
    totals: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    sides: dict[tuple[str, str], set[str]] = defaultdict(set)
    expected: dict[tuple[str, str], Decimal] = {}
    for row in rows_of(demo[1] / "matches.csv"):
        key = (row["truth_match_id"], row["kind"])
        totals[key][row["side"]] += Decimal(row["amount"])
        sides[key].add(row["side"])
        if row["side"] == "bank" and row["kind"] in DESCRIBED_KINDS:
            expected[key] = described[row["account_number"], row["bank_reference"]]
    for key, total in totals.items():
        if key[1] in ONE_SIDED_KINDS:
            assert len(sides[key]) == 1 and not sum(total.values()), key
            continue
        assert sides[key] == {"bank", "ledger"}, key
        difference = total["bank"] - total["ledger"]
        assert bool(difference) == (key[1] in DIFFERING_KINDS), key
        if key[1] in DESCRIBED_KINDS:
            assert difference == expected[key], key
        if key[1] in ("fx_payment", "short_payment"):
            assert abs(difference) < abs(total["ledger"]) * Decimal("0.03"), key


def test_totals_are_what_was_delivered(demo: tuple[Path, Path, DemoSummary]) -> None:
    landing, truth, summary = demo
    totals = {row["account_number"]: row for row in rows_of(truth / "totals.csv")}
    assert sum(int(row["bank_lines"]) for row in totals.values()) == summary.bank_lines
    assert sum(int(row["files_written"]) for row in totals.values()) == summary.statement_files
    keys = bank_keys(landing, truth)
    current = current_journal(landing).values()
    for account in ACCOUNTS:
        row = totals[account.number]
        amounts = [Decimal(key[2]) for key in keys if key[0] == account.number]
        assert (int(row["bank_lines"]), Decimal(row["bank_sum"])) == (len(amounts), sum(amounts))
        booked = [Decimal(line["amount"]) for line in current if line["gl_account"] == account.gl_account]
        assert (int(row["ledger_lines"]), Decimal(row["final_ledger_balance"])) == (len(booked), sum(booked))
        gap = sum(
            Decimal(plant["amount"])
            for plant in planted(truth, "balance_gap")
            if plant["account_number"] == account.number
        )
        opening, closing = Decimal(row["opening_balance"]), Decimal(row["final_bank_balance"])
        assert opening + sum(amounts) + gap == closing
        files = list(landing.glob(f"bank/{account.alias}/*/*"))
        unique = {hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
        assert len(files) == int(row["files_written"])
        assert len(files) - len(unique) == int(row["files_duplicate"])


def test_open_items_explain_the_two_balances(demo: tuple[Path, Path, DemoSummary]) -> None:
    """Bank balance less the books' equals open bank items less open ledger items, plus known differences."""
    for row in rows_of(demo[1] / "totals.csv"):
        number = row["account_number"]
        difference = Decimal(row["final_bank_balance"]) - Decimal(row["final_ledger_balance"])
        explained = Decimal(0)
        for plant in rows_of(demo[1] / "planted.csv"):
            if plant["account_number"] != number or plant["kind"] == "opening_balance":
                continue
            if plant["is_open"] == "true":
                explained += Decimal(plant["amount"]) * (1 if plant["side"] == "bank" else -1)
            elif plant["kind"] == "balance_gap":
                explained += Decimal(plant["amount"])
        for match in rows_of(demo[1] / "matches.csv"):
            if match["account_number"] == number and match["kind"] in DIFFERING_KINDS:
                explained += Decimal(match["amount"]) * (1 if match["side"] == "bank" else -1)
        assert difference == explained, number


def test_every_planted_kind_happens(demo: tuple[Path, Path, DemoSummary]) -> None:
    once = {"corrupt_file", "balance_gap"}
    expected = {
        *mix.PLANTED_PER_1000_LINES,
        "bank_before_books",
        "batch_by_details",
        "batch_by_run_reference",
        "deposit_bundle",
        "deposit_in_transit",
        "lag_over_bank_holiday",
        "not_booked_by_the_end",
        "opening_balance",
        "overlapping_file",
        "own_transfer",
        "payment_in_transit",
        "pending_then_booked",
        "reference_in_memo",
        "reference_missing",
        "reference_reformatted",
        "reference_truncated",
        "same_bytes_again",
        "same_statement_resent",
        "statement_missing",
    }
    counts = demo[2].planted
    assert set(counts) == expected | once
    assert {kind: counts[kind] for kind in expected if counts[kind] < mix.MINIMUM_PLANTED} == {}
    assert counts == Counter(row["kind"] for row in rows_of(demo[1] / "planted.csv"))


def matched(truth: Path, kind: str) -> list[tuple[list[Row], list[Row]]]:
    """The bank rows and the ledger rows of each match of the kind."""
    groups: dict[str, tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for row in rows_of(truth / "matches.csv"):
        if row["kind"] == kind:
            groups[row["truth_match_id"]][row["side"] == "ledger"].append(row)
    assert len(groups) >= mix.MINIMUM_PLANTED, kind
    return list(groups.values())


def lines_as_read(landing: Path, truth: Path) -> dict[tuple[str, str], BankStatementLine]:
    """Booked bank lines by account and bank reference."""
    corrupt = corrupt_files(truth)
    return {
        (row.account_number, row.bank_reference): row
        for path in sorted(landing.glob("bank/*/*/*"))
        if (relative := path.relative_to(landing)).as_posix() not in corrupt
        for row in readable_rows(landing, relative)
        if isinstance(row, BankStatementLine) and row.booking_status == "booked"
    }


def test_what_each_rule_needs_is_on_both_sides(demo: tuple[Path, Path, DemoSummary]) -> None:
    """The links and marks of the planted kinds, as the readers deliver them."""
    landing, truth, _ = demo
    read_lines, entries = lines_as_read(landing, truth), current_journal(landing)

    def sides(kind: str) -> list[tuple[list[BankStatementLine], list[Row]]]:
        return [
            (
                [read_lines[row["account_number"], row["bank_reference"]] for row in lines],
                [entries[row["entry_id"], row["line_no"]] for row in items],
            )
            for lines, items in matched(truth, kind)
        ]

    for (line,), (item,) in sides("fx_payment"):
        assert item["reference"] == line.reference
        assert item["original_currency"] not in ("", item["currency"])
        assert Decimal(item["original_amount"]) * Decimal(item["amount"]) > 0
        stated = f"{item['original_currency']} {abs(Decimal(item['original_amount'])):,}"
        # CAMT has fields for it, which test_camt_states_exchange_and_charges reads.
        assert stated in line.memo or line.account_number == ACCOUNTS[3].number
    for (line,), (item,) in sides("fee_deducted"):
        assert item["reference"] == line.reference
        assert line.charges_amount in (None, line.amount - Decimal(item["amount"]))
    short = sides("short_payment")
    assert {line.reference is None for (line,), _ in short} == {True, False}
    assert all(line.counterparty == item["counterparty"] for (line,), (item,) in short)
    for (line,), (item,) in sides("reference_slip"):
        assert sum(one != other for one, other in zip(line.reference, item["reference"], strict=True)) == 1
    for (line,), (item,) in sides("reference_prefixed"):
        year, number = item["reference"].split("-")[1:]
        assert line.reference.endswith(f"{year}-{int(number)}") and "INV" not in line.reference
    for (line,), items in sides("payout_group"):
        assert len(items) > 1 and line.reference is None
        (memo,) = {item["memo"] for item in items}
        assert line.memo.upper().endswith(memo.upper())
    for (line,), items in sides("payment_file"):
        assert {item["memo"] for item in items} == {f"Payment file {line.reference}"}
        assert len({item["reference"] for item in items}) == len(items) > 1
    for lines, (item,) in sides("split_receipt"):
        assert len({line.booked_on for line in lines}) == len(lines) > 1
        assert {line.reference for line in lines} == {item["reference"]}
    transfers = sides("own_transfer_without_reference")
    booked = Counter(item["entry_id"] for _, (item,) in transfers)
    assert set(booked.values()) == {2}
    assert not [line for (line,), (item,) in transfers if line.reference or item["reference"]]
    for (wrong, reversal), _ in sides("reversal_by_bank"):
        assert (wrong.amount, wrong.reference) == (-reversal.amount, reversal.reference)
        assert wrong.memo.endswith(reversal.memo) or "REVERSAL" in reversal.memo.upper()
        assert reversal.is_reversal or "REVERSAL" in reversal.memo.upper()


def test_camt_states_exchange_and_charges(demo: tuple[Path, Path, DemoSummary]) -> None:
    rates, charges = [], []
    for path in statement_files(demo[0], demo[1], "eur-main/*/camt053_*.xml"):
        for detail in ElementTree.parse(path).getroot().iter(f"{CAMT}TxDtls"):
            own = Decimal(detail.findtext(f"{CAMT}Amt"))
            if (amounts := detail.find(f"{CAMT}AmtDtls")) is not None:
                original = Decimal(amounts.findtext(f"{CAMT}InstdAmt/{CAMT}Amt"))
                rate = Decimal(amounts.findtext(f"{CAMT}TxAmt/{CAMT}CcyXchg/{CAMT}XchgRate"))
                assert Decimal(amounts.findtext(f"{CAMT}TxAmt/{CAMT}Amt")) == own
                assert abs(original / rate - own) < Decimal("0.01")
                rates.append(rate)
            charges += [Decimal(e.text) for e in detail.iterfind(f"{CAMT}Chrgs/{CAMT}Rcrd/{CAMT}Amt")]
    assert len(rates) >= 1 and len(charges) >= 1


def test_planted_own_transfers_without_books_name_their_other_leg(
    demo: tuple[Path, Path, DemoSummary],
) -> None:
    rows = planted(demo[1], "own_transfer_not_booked")
    by_reference = {row["bank_reference"]: row for row in rows}
    for row in rows:
        reference, number = re.search(r"other leg is (\w+) on (\w+)$", row["description"]).groups()
        other = by_reference[reference]
        assert (other["account_number"], other["is_open"]) == (number, "true")
        assert Decimal(other["amount"]) == -Decimal(row["amount"])


def test_a_duplicate_of_the_bank_repeats_an_earlier_line(demo: tuple[Path, Path, DemoSummary]) -> None:
    read_lines = lines_as_read(demo[0], demo[1])
    for row in planted(demo[1], "duplicate_bank_line"):
        again = read_lines[row["account_number"], row["bank_reference"]]
        first = read_lines[row["account_number"], re.search(r"of (\w+);", row["description"])[1]]
        assert (first.amount, first.reference) == (again.amount, again.reference)
        assert first.booked_on < again.booked_on and row["is_open"] == "true"


def test_late_bank_lines_come_in_a_second_statement_of_their_day(
    demo: tuple[Path, Path, DemoSummary],
) -> None:
    for row in planted(demo[1], "late_bank_line"):
        path = Path(row["file"])
        first = path.with_stem(path.stem.removesuffix("_late"))
        assert path != first and (demo[0] / first).exists()
        found = [r for r in readable_rows(demo[0], path) if isinstance(r, BankStatementLine)]
        assert row["bank_reference"] in {line.bank_reference for line in found}


def test_late_entries_arrive_in_a_later_months_file(demo: tuple[Path, Path, DemoSummary]) -> None:
    for row in planted(demo[1], "late_entry"):
        assert f"{row['item_on'][:7]}.csv" < row["file"].removeprefix("ledger/journal_lines_")


def test_corrections_come_again_with_a_newer_time(demo: tuple[Path, Path, DemoSummary]) -> None:
    versions: dict[str, set[str]] = defaultdict(set)
    for row in journal(demo[0]):
        versions[row["entry_id"]].add(row["recorded_at"])
    corrected = {entry for entry, times in versions.items() if len(times) > 1}
    kinds = ("correction_of_amount", "correction_of_memo")
    assert corrected == {row["entry_id"] for kind in kinds for row in planted(demo[1], kind)}


def test_pending_entries_are_booked_later(demo: tuple[Path, Path, DemoSummary]) -> None:
    landing, truth, _ = demo
    pending = {}
    for path in sorted(landing.glob("bank/eur-main/*/camt052_*.xml")):
        for row in readable_rows(landing, path.relative_to(landing)):
            if isinstance(row, BankStatementLine):
                assert row.booking_status == "pending"
                pending[row.bank_reference] = row.amount
    booked = {row["bank_reference"]: Decimal(row["amount"]) for row in truth_rows(truth, "bank")}
    assert len(pending) >= mix.MINIMUM_PLANTED
    assert {reference: booked[reference] for reference in pending} == pending


def test_resent_statements_differ_only_in_their_header(demo: tuple[Path, Path, DemoSummary]) -> None:
    landing, truth, _ = demo
    for row in planted(truth, "same_statement_resent"):
        resent, first = Path(row["file"]), Path(row["file"].replace("_resent", ""))
        assert (landing / resent).read_bytes() != (landing / first).read_bytes()
        kinds = (BankStatementLine, BankStatementLineDetail)
        lines = [
            [r for r in readable_rows(landing, path) if isinstance(r, kinds)] for path in (resent, first)
        ]
        assert lines[0] == lines[1]
    for row in planted(truth, "same_bytes_again"):
        first = row["file"].replace("_copy", "")
        assert (landing / row["file"]).read_bytes() == (landing / first).read_bytes()


def test_readers_see_the_balances_the_generator_wrote(demo: tuple[Path, Path, DemoSummary]) -> None:
    """The readers' own balances prove, for every format that carries both."""
    landing, truth, _ = demo
    corrupt = corrupt_files(truth)
    proved: Counter[str] = Counter()
    for path in sorted(landing.glob("bank/*/*/*")):
        relative = path.relative_to(landing)
        if relative.as_posix() in corrupt:
            continue
        rows = readable_rows(landing, relative)
        movement = sum((row.amount for row in rows if isinstance(row, BankStatementLine)), Decimal(0))
        for statement in (row for row in rows if isinstance(row, BankStatement)):
            if statement.opening_balance is not None and statement.closing_balance is not None:
                assert statement.opening_balance + movement == statement.closing_balance, relative
                proved[path.suffix] += 1
    assert set(proved) >= {".bai", ".sta", ".xml", ".csv"}


def test_bank_lines_fall_on_open_bank_days(demo: tuple[Path, Path, DemoSummary]) -> None:
    closed = {"USD": {"2026-01-19", "2026-02-16"}, "EUR": set()}
    days = {(row["currency"], row["item_on"]) for row in truth_rows(demo[1], "bank")}
    for currency, day in days:
        assert date.fromisoformat(day).weekday() < 5
        assert day not in closed[currency]
    assert ("EUR", "2026-01-19") in days


def test_books_come_first_by_up_to_four_business_days(demo: tuple[Path, Path, DemoSummary]) -> None:
    """Plain settlements: calendar lags from 0 up to a week with a weekend and a holiday in it."""
    dates: dict[str, dict[str, date]] = defaultdict(dict)
    for row in rows_of(demo[1] / "matches.csv"):
        if row["kind"] == "settlement":
            dates[row["truth_match_id"]][row["side"]] = date.fromisoformat(row["item_on"])
    lags = Counter(pair["bank"] - pair["ledger"] for pair in dates.values())
    assert min(lags) == timedelta(0)
    assert timedelta(4) <= max(lags) <= timedelta(8)
