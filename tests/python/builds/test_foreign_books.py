"""Books that share nothing with the demo: what is matched must be right, and what can be known be found."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from dbt_runs import MODELS_ONLY, run_dbt, warehouse_of
from foreign_books.books import NOTHING, Account, BankLine, Books, LedgerLine, Says, document, party
from foreign_books.charity import COMPANY as CHARITY
from foreign_books.claims import untrue
from foreign_books.company import Company
from foreign_books.knowable import decide
from foreign_books.score import BuiltItem, Judge, ZoneScore, score
from foreign_books.truth import TrueItem
from foreign_books.zone import COMPANIES, write_zone

ITEMS = 300
SEED = 1
# Of the items that a careful human could place: the share that is matched, and that is matched or suggested.
FLOORS = {
    "us_business": (0.97, 0.98),
    "us_card": (0.92, 0.99),
    "sepa_structured": (0.99, 0.99),
    "marketplace_seller": (0.99, 0.99),
    "charity": (0.88, 0.96),
    "japan_company": (0.93, 0.97),
    "greek_company": (0.98, 0.99),
    "uk_wholesaler": (0.97, 0.99),
    "indian_trader": (0.96, 0.97),
    "norwegian_landlord": (0.95, 0.98),
    "law_firm": (0.91, 0.97),
    "brazilian_retailer": (0.94, 0.97),
    "polish_workshop": (0.95, 0.97),
    "korean_trader": (0.95, 0.97),
}
SELECTED = [
    "+fct_matches",
    "+fct_reconciliation_items",
    "+fct_match_suggestions",
    "+fct_bank_reconciliations",
    "+fct_match_explanations",
    "+fct_proposed_journal_entries",
]


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All companies in one zone, built once."""
    zone = tmp_path_factory.mktemp("foreign_books")
    write_zone(zone, COMPANIES, ITEMS, SEED)
    run_dbt("build", *MODELS_ONLY, "--select", *SELECTED, zone=zone, landing=zone / "landing")
    return zone


@pytest.fixture(scope="module")
def found(zone: Path) -> ZoneScore:
    """What was found of them."""
    return score(zone, warehouse_of(zone))


def test_every_item_is_there_once(found: ZoneScore) -> None:
    assert (found.not_in_truth, found.not_in_warehouse) == (0, 0)


def test_every_reconciliation_comes_out(found: ZoneScore) -> None:
    assert found.differences == []


def test_every_explanation_and_proposed_entry_is_true(zone: Path) -> None:
    assert untrue(warehouse_of(zone)) == {}


@pytest.mark.parametrize("company", COMPANIES)
def test_no_match_is_wrong(found: ZoneScore, company: str) -> None:
    wrong = found.companies[company].wrong
    assert not wrong, "\n".join([f"{len(wrong)} wrong matches", *map(str, wrong)])


@pytest.mark.parametrize("company", COMPANIES)
def test_what_can_be_known_is_found(found: ZoneScore, company: str) -> None:
    one = found.companies[company]
    matched, suggested = FLOORS[company]
    assert (one.recall >= matched, one.recall_with_suggestions >= suggested) == (True, True), (
        f"matched {one.recall:.3f}, or suggested {one.recall_with_suggestions:.3f}"
    )


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    """In processes of different hash seeds, so that no set gives the order."""
    written = []
    for name in ("1", "2"):
        command = [sys.executable, "-m", "foreign_books", "generate", tmp_path / name]
        environment = os.environ | {"PYTHONHASHSEED": name}
        subprocess.run(
            command, cwd=Path(__file__).parents[1], env=environment, check=True, capture_output=True
        )
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        written.append([(path.relative_to(tmp_path / name), path.read_bytes()) for path in files])
    assert len(written[0]) > len(COMPANIES)
    assert written[0] == written[1]


@pytest.mark.parametrize("company", COMPANIES.values(), ids=COMPANIES)
def test_one_more_plant_moves_hardly_anything_of_the_others(company: Company) -> None:
    """A number that is taken moves on by one, and nothing else does."""
    fewer = company._replace(plants=company.plants[1:])
    all_lines, other_lines = (
        {item.line for books in each.branches(SEED, ITEMS) for item in books.items}
        for each in (company, fewer)
    )
    assert len(other_lines - all_lines) <= len(other_lines) * 0.05


def test_a_group_balances_unless_its_kind_says_otherwise() -> None:
    unlike = {
        *("cheque_with_digits_exchanged", "tip", "cents_off", "short_payment", "charges_stated"),
        *("payout_with_reserve", "fee_kept_back", "boleto_late"),
    }
    for company in COMPANIES.values():
        for books in company.branches(SEED, ITEMS):
            for group in books.groups:
                sides = [
                    sum(i.line.amount for i in group.items if i.side == side) for side in ("bank", "ledger")
                ]
                assert (sides[0] == sides[1]) == (group.kind not in unlike), group.kind


def test_more_items_are_more_branches() -> None:
    one, other = CHARITY.branches(SEED, 6000)
    assert {account.number for account in one.accounts}.isdisjoint(each.number for each in other.accounts)


def knowable(*says_of_two_days: tuple[str, Says, Says | None]) -> list[bool]:
    """Of pairs in one amount, each with the day of both its lines and what each tells, which can be known."""
    account = Account("1", "1", "Cash", Decimal(0))
    books = Books("one", "EU", "EUR", "9", (account,), "", SEED)
    for day, bank_says, ledger_says in says_of_two_days:
        on = datetime.date(2026, 1, int(day))
        bank = BankLine(booked_on=on, amount=Decimal(50), says=bank_says)
        if ledger_says is None:
            books.leave_open("open", bank)
        else:
            books.add(
                "pair", bank, LedgerLine(posted_on=on, amount=Decimal(50), says=ledger_says), lag=(-3, 3)
            )
    decide(books)
    return [group.items[0].is_decidable for group in books.groups]


def test_what_can_be_known() -> None:
    anna, hans, either, paper = party("Anna"), party("Hans"), party("Anna") | party("Hans"), document("7")
    assert knowable(("5", anna, anna)) == [True]
    assert knowable(("5", NOTHING, NOTHING)) == [False], "a round amount alone"
    assert knowable(("5", anna, anna), ("6", hans, hans)) == [True, True]
    assert knowable(("5", anna, anna), ("6", anna, anna)) == [False, False], "which of the two days"
    assert knowable(("5", anna, anna), ("5", anna, anna)) == [True, True], "either will do"
    assert knowable(("5", anna, anna), ("12", anna, anna)) == [True, True], "too far apart"
    assert knowable(("5", anna, anna), ("6", anna | paper, anna | paper)) == [True, True], "plainly another's"
    assert knowable(("5", either, anna), ("5", either, hans)) == [False, False], "the name is cut"
    assert knowable(("5", anna, anna), ("6", anna, None)) == [False], "one of them is open"
    other_paper = anna | document("8")
    assert knowable(("5", anna, anna | paper), ("6", other_paper, None)) == [True], "the papers differ"


def true_item(
    group: str, alike: str, side: str = "bank", amount: str = "5", day: int = 1, chain: str = ""
) -> TrueItem:
    """An item of a day in January."""
    return TrueItem(
        "one", side, "file", 0, group, chain, "kind", 1, alike, 5, f"2026-01-{day:02}", amount, "text"
    )


TRUE = {
    "bank": true_item("1", "b1"),
    "ledger": true_item("1", "l1", "ledger"),
    "second ledger line": true_item("1", "l1b", "ledger", "7"),
    "another": true_item("2", "b2"),
    "another's": true_item("2", "l2", "ledger"),
    "one of two": true_item("3", "coin"),
    "its own": true_item("3", "coin's", "ledger"),
    "the other of two": true_item("4", "coin", day=3),
    "the other's own": true_item("4", "coin's", "ledger", day=3),
    "a third, open": true_item("", "coin's", "ledger", day=6),
    "a fourth, much later": true_item("", "coin's", "ledger", day=28),
    "in": true_item("5", "in", chain="5"),
    "back": true_item("6", "back", amount="-5", chain="5"),
    "back, booked": true_item("6", "back, booked", "ledger", "-5", chain="5"),
}


@pytest.mark.parametrize(
    ("names", "is_right", "is_whole"),
    [
        (("bank", "ledger", "second ledger line"), True, True),
        (("bank", "ledger"), True, True),
        (("bank", "second ledger line"), True, False),
        (("bank", "another's"), False, None),
        (("bank", "ledger", "another's"), False, None),
        (("one of two", "the other's own"), True, True),
        (("one of two", "a third, open"), True, True),
        (("one of two", "a fourth, much later"), False, None),
        (("one of two", "its own", "the other's own"), False, None),
        (("in", "back"), True, True),
        (("in", "back, booked"), False, None),
    ],
)
def test_the_score_knows_right_from_wrong(
    names: tuple[str, ...], is_right: bool, is_whole: bool | None
) -> None:
    judge = Judge(list(TRUE.values()), [])
    rows = [TRUE[name] for name in names]
    assert judge.is_right(rows) == is_right
    if is_whole is not None:
        assert judge.is_whole(rows) == is_whole


@pytest.mark.parametrize(("day", "found"), [(1, 2), (2, 1)])
def test_either_of_two_that_tell_the_same_on_one_day_will_do(day: int, found: int) -> None:
    """The bank took a fee twice, one is booked, and the other item of that day is matched in its stead."""
    booked = true_item("1", "fee")
    entry = true_item("1", "fee, booked", "ledger")
    other = true_item("", "fee", day=day)._replace(is_decidable=0)
    on = datetime.date(2026, 1, 1)
    built = [
        BuiltItem(str(number), "A", true.side, "", match, "fee", None, None, Decimal(5), on)
        for number, (true, match) in enumerate(((booked, None), (entry, "m"), (other, "m")))
    ]
    known = list(zip(built, (booked, entry, other), strict=True))
    score_of_one = Judge([booked, entry, other], known).scores(known, [])["one"]
    assert score_of_one.found.total() == found
