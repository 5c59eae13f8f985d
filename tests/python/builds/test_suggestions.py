"""Suggestions alone, on books that the shipped weights never saw, against the truth."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from dbt_runs import MODELS_ONLY, run_dbt, warehouse_of
from linked_payments import Payment, linked_payments
from mixed_books import Book, PoolItem, mixed_book, write_pool

from orchestration.cli import main
from orchestration.settings import PROJECT_DIR
from orchestration.training import FEATURES, TrainingError, load_pairs, measure, read_weights

DATE = datetime.date
LINKED = "LINKED"
# Every item is open, as if no pass had run; the pool is written as a table.
ALONE = ["--vars", "{suggestion_pool: int_items_pool}"]
SUGGESTION_MODELS = [
    "match_weights",
    "path:models/intermediate/suggestions",
    "fct_match_suggestions",
]

# The passes have searched no sum.
NO_SEARCHES = """
    create table intermediate.int_subset_sum_candidates (target_id varchar, item_id varchar, place integer);
    create table intermediate.int_subset_sum_searches (
        target_id varchar, set_count integer, candidate_count integer, first_set_number integer,
        second_set_number integer
    )
"""
Side = tuple[str | None, str | None, str | None, int, DATE]
PAID: Side = ("Harbour Light Co - Invoice payment", "Harbour Light Co", "AR-71", 48210, DATE(2026, 3, 9))
# What stands at the bank, and in the books.
SITUATIONS: dict[str, tuple[Side, Side]] = {
    "equal": (("ACH CREDIT HARBOUR LIGHT CO", None, None, 48210, DATE(2026, 3, 10)), PAID),
    "mistyped": (("ACH CREDIT HARBUOR LIGTH", None, None, 48210, DATE(2026, 3, 10)), PAID),
    "mistyped, other amount": (
        ("KOWALSKY TRANSPORT", None, None, 48190, DATE(2026, 3, 10)),
        ("Kowalski Transport", "Kowalski Transport", None, 48210, DATE(2026, 3, 9)),
    ),
    "cut": (("ACH CREDIT HARBOUR LIG", None, None, 48210, DATE(2026, 3, 10)), PAID),
    "abbreviated": (
        ("GIRO BAUER MGMT INTL", None, None, 48210, DATE(2026, 3, 10)),
        ("Bauer Management International", None, None, 48210, DATE(2026, 3, 9)),
    ),
    "initial": (
        ("J SMITH", None, None, 48210, DATE(2026, 3, 10)),
        ("John Smith", None, None, 48210, DATE(2026, 3, 9)),
    ),
    "another script, mistyped": (
        ("Оплата ООО Рамашка", None, None, 48210, DATE(2026, 3, 10)),
        ("ООО Ромашка", "ООО Ромашка", None, 48210, DATE(2026, 3, 9)),
    ),
    "umlaut written out": (
        ("MUENCHNER OPTIK GMBH", None, None, 48210, DATE(2026, 3, 10)),
        ("Münchner Optik GmbH", "Münchner Optik GmbH", "RE 8", 48210, DATE(2026, 3, 9)),
    ),
    "digits exchanged": (("ACH CREDIT HARBOUR LIGHT CO", None, None, 84210, DATE(2026, 3, 10)), PAID),
    "a few dollars": (("WIRE IN 88123 HARBOUR LIGHT CO", None, None, 47910, DATE(2026, 3, 10)), PAID),
    "posted late": (("ACH CREDIT HARBOUR LIGHT CO", None, None, 48210, DATE(2026, 2, 27)), PAID),
    "arrived late": (("ACH CREDIT HARBOUR LIGHT CO", None, None, 48210, DATE(2026, 3, 24)), PAID),
    "one reference, another amount": (
        ("PAYMENT", None, "INV-2026-311", 40000, DATE(2026, 3, 10)),
        ("Harbour", "Harbour", "INV-2026-311", 48210, DATE(2026, 3, 9)),
    ),
}
SUM = "one deposit, three bookings"
SALE = DATE(2026, 3, 2)
# What is paid and what is booked, by amount and memo; whether the first two bookings are likely to be it.
SETS: dict[str, tuple[list[tuple[int, str]], list[tuple[int, str]], bool]] = {
    "the only set": ([(80000, "GADWALL SAILS")], [(60000, ""), (20000, ""), (37115, "")], True),
    "two sets": ([(80000, "GADWALL SAILS")], [(60000, ""), (20000, ""), (30000, ""), (50000, "")], False),
    "two sets, one of three": (
        [(90550, "GADWALL SAILS")],
        [(60000, ""), (30550, ""), (40000, ""), (11100, ""), (30000, ""), (20550, "")],
        False,
    ),
    "a set beside another one, told by its words": (
        [(80000, "GADWALL SAILS REGATTA")],
        [(60000, "Regatta"), (20000, "Regatta"), (30000, "Harbour"), (50000, "Harbour")],
        True,
    ),
    "one set of two payments": (
        [(80000, "GADWALL SAILS"), (80000, "GADWALL SAILS")],
        [(60000, ""), (20000, "")],
        False,
    ),
}
# Who pays, whom the entry names, and whom other entries name; whether that is likely to be one party.
NAMES: dict[str, tuple[str, str, list[str], bool]] = {
    "mistyped": ("Tolstrup", "Tolstrpu", [], True),
    "mistyped name of a known party": ("Ravnhotl", "Ravnholt", ["Ravnholt", "Ebbesen"], True),
    "entry mistyped": ("Skovgaard", "Skovgarad", ["Skovgaard", "Skovgaard"], True),
    "two parties a letter apart": ("Kamiński", "Kamińska", ["Kamiński", "Kamińska"], False),
    "two parties, one begins as the other": ("Sund AB", "Sundberg AB", ["Sund AB", "Sundberg AB"], False),
    "in Cyrillic": ("Павлов", "Павлова", ["Павлов", "Павлова"], False),
    "cut": ("Lindenba", "Lindenbaum AB", ["Lindenbaum AB", "Ebbesen"], True),
    "surname of one": ("Thorup", "Ida Thorup", ["Ida Thorup", "Ida Bergstad"], True),
    "surname of several": ("Vestergaard", "Ida Vestergaard", ["Ida Vestergaard", "Bo Vestergaard"], False),
    "initial of another": ("B Nørby", "Ida Nørby", ["Ida Nørby", "Bo Nørby", "Bent Nørby"], False),
}


@pytest.fixture(scope="module")
def payments() -> list[Payment]:
    return linked_payments(4000, 1011)


@pytest.fixture(scope="module")
def warehouse(payments: list[Payment], tmp_path_factory: pytest.TempPathFactory) -> Path:
    zone = tmp_path_factory.mktemp("suggestions")
    books = [_linked_book(payments)]
    books += [
        _situation(f"{name}, {size}", size, *sides) for name, sides in SITUATIONS.items() for size in (0, 40)
    ]
    books += [mixed_book(f"MIXED-{seed}", 150, seed) for seed in range(9100, 9116)]
    books.append(_sum())
    books += [_set(name) for name in SETS]
    books += [_named(name) for name in NAMES]
    path = warehouse_of(zone)
    path.parent.mkdir(parents=True, exist_ok=True)
    (zone / "landing").mkdir()
    write_pool(books, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute(NO_SEARCHES)
    run_dbt(
        "build", *MODELS_ONLY, *ALONE, "--select", *SUGGESTION_MODELS, zone=zone, landing=zone / "landing"
    )
    return path


def test_suggestions_find_the_pairs_and_hardly_any_other(warehouse: Path) -> None:
    found, right = _ask(
        warehouse,
        "select count(*), count(truth.bank_item_id) from marts.fct_match_suggestions as suggestions"
        f" left join truth using (bank_item_id, ledger_item_id) where account_id = '{LINKED}'",
    )[0]
    precision, recall = right / found, right / 4000
    assert precision >= 0.999, (precision, recall)
    assert 2 * precision * recall / (precision + recall) >= 0.99, (precision, recall)


def test_probabilities_are_as_often_true_as_they_say(warehouse: Path) -> None:
    connection = duckdb.connect()
    load_pairs(connection, [warehouse])
    assert measure(connection, read_weights(), "bank_item_id like 'B%'").calibration_error <= 0.005
    assert measure(connection, read_weights(), "bank_item_id like 'MIXED%'").calibration_error <= 0.035


def test_of_what_is_called_nine_in_ten_as_many_are_true(warehouse: Path) -> None:
    found, right, expected = _ask(
        warehouse,
        "select count(*), count(truth.bank_item_id), sum(probability) from marts.fct_match_suggestions"
        " left join truth using (bank_item_id, ledger_item_id)"
        " where account_id like 'MIXED%' and probability >= 0.9 and cardinality = '1:1'",
    )[0]
    assert found > 500
    assert right / found >= 0.95, (found, right, expected)


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("size", [0, 40])
def test_what_a_person_would_see_is_suggested(warehouse: Path, situation: str, size: int) -> None:
    assert _ask(
        warehouse,
        "select cardinality, evidence_for <> '' from marts.fct_match_suggestions"
        f" where bank_item_id = '{situation}, {size} bank' and ledger_item_id = '{situation}, {size} ledger'",
    ) == [("1:1", True)]


def test_an_item_and_those_that_add_up_to_it_are_one_suggestion(warehouse: Path) -> None:
    rows = _ask(
        warehouse,
        "select cardinality, bank_item_id, ledger_item_id, evidence_for, probability, amount_difference"
        f" from marts.fct_match_suggestions where account_id = '{SUM}' order by ledger_item_id",
    )
    assert [row[:3] for row in rows] == [("1:n", "deposit", f"booked {place}") for place in (1, 2, 3)]
    assert {row[3] for row in rows} == {"word LANTERN, 3 items add up, dated 2026-03-09 to 2026-03-11"}
    assert min(row[4] for row in rows) > 0.99
    assert {row[5] for row in rows} == {0}
    assert (
        len(
            _ask(
                warehouse,
                f"select distinct suggestion_id from marts.fct_match_suggestions where account_id = '{SUM}'",
            )
        )
        == 1
    )


@pytest.mark.parametrize("name", SETS)
def test_a_set_is_likely_that_no_other_rivals(warehouse: Path, name: str) -> None:
    rows = _ask(
        warehouse,
        "select ledger_item_id, probability from marts.fct_match_suggestions"
        f" where account_id = '{name}' and probability >= 0.5 order by 1",
    )
    assert [row[0] for row in rows] == ([f"{name} ledger 0", f"{name} ledger 1"] if SETS[name][2] else [])
    assert min((float(row[1]) for row in rows), default=1) >= 0.9


@pytest.mark.parametrize("name", NAMES)
def test_two_parties_of_the_books_are_not_one_with_a_slip(warehouse: Path, name: str) -> None:
    likeliest = _ask(
        warehouse,
        "select coalesce(max(probability), 0) from marts.fct_match_suggestions"
        f" where account_id = '{name}' and bank_item_id = '{name} bank' and ledger_item_id = '{name} ledger'",
    )[0][0]
    assert (likeliest >= 0.9) == NAMES[name][3]


def test_every_level_has_a_weight(warehouse: Path) -> None:
    """A level that the seed does not hold would weigh nothing."""
    known = {(row.feature, row.level) for row in read_weights()}
    for feature in FEATURES:
        seen = {
            level
            for (level,) in _ask(
                warehouse, f"select distinct {feature}_level from intermediate.int_suggestion_features"
            )
        }
        assert {(feature, level) for level in seen} <= known
    model = PROJECT_DIR / "models" / "intermediate" / "suggestions" / "int_suggestion_features.sql"
    said = set(re.findall(r"then '([a-z_]+)'", model.read_text(encoding="utf-8")))
    assert said - {"same_"} <= {level for _, level in known}


def test_training_says_how_much_better_its_weights_are(warehouse: Path, tmp_path: Path) -> None:
    seed = tmp_path / "weights.csv"
    result = CliRunner().invoke(main, ["train", str(warehouse), "--seed-file", str(seed)])
    assert result.exit_code == 0, result.output
    assert "weights in use" in result.output and "weights learned" in result.output
    assert [(row.feature, row.level) for row in read_weights(seed)] == [
        (row.feature, row.level) for row in read_weights()
    ]


def test_few_pairs_train_no_weights(tmp_path: Path) -> None:
    path = tmp_path / "few.duckdb"
    with duckdb.connect(str(path)) as warehouse:
        warehouse.execute("create schema intermediate")
        levels = ", ".join(f"'from_0' as {feature}_level" for feature in FEATURES)
        warehouse.execute(
            "create table intermediate.int_suggestion_features as select range::varchar as bank_item_id,"
            f" range::varchar as ledger_item_id, 'A' as account_id, 'USD' as currency, 14 as"
            f" pool_items, {levels} from range(7)"
        )
        warehouse.execute(
            "create table truth as select range::varchar as bank_item_id, range::varchar as"
            " ledger_item_id from range(7)"
        )
    with pytest.raises(
        TrainingError, match="7 candidate pairs are matched and 0 are known not to belong together"
    ):
        load_pairs(duckdb.connect(), [path])


def _ask(warehouse: Path, question: str) -> list[tuple]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(question).fetchall()


def _linked_book(payments: list[Payment]) -> Book:
    book = Book()
    for place, each in enumerate(payments):
        book.items.append(
            PoolItem(
                f"B{place}", LINKED, "bank", None, None, each.arrived_memo, each.arrived, each.arrived_on
            )
        )
        book.items.append(
            PoolItem(f"L{place}", LINKED, "ledger", None, None, each.sent_memo, each.sent, each.sent_on)
        )
        book.pairs.append((f"B{place}", f"L{place}"))
    return book


def _situation(name: str, size: int, bank: Side, ledger: Side) -> Book:
    """The situation alone, or among so many other events."""
    book = mixed_book(name, size, 77) if size else Book()
    for side, (memo, counterparty, reference, amount, item_on) in (("bank", bank), ("ledger", ledger)):
        book.items.append(
            PoolItem(f"{name} {side}", name, side, reference, counterparty, memo, amount, item_on)
        )
    book.pairs.append((f"{name} bank", f"{name} ledger"))
    return book


def _sum() -> Book:
    book = Book()
    book.items.append(
        PoolItem("deposit", SUM, "bank", None, None, "DEPOSIT LANTERN", 100003, DATE(2026, 3, 12))
    )
    for place, amount in enumerate((31020, 48871, 20112), start=1):
        on = DATE(2026, 3, 8) + datetime.timedelta(days=place)
        book.items.append(
            PoolItem(f"booked {place}", SUM, "ledger", f"AR-{place}", "Lantern Ltd", "Invoice", amount, on)
        )
    book.items.append(
        PoolItem("other", SUM, "ledger", "AR-9", "Lantern Ltd", "Invoice", 77007, DATE(2026, 2, 20))
    )
    return book


def _set(name: str) -> Book:
    paid, booked, _ = SETS[name]
    book = Book()
    for place, (amount, memo) in enumerate(paid):
        book.items.append(
            PoolItem(f"{name} bank {place}", name, "bank", None, None, memo, amount, DATE(2026, 3, 9))
        )
    for place, (amount, memo) in enumerate(booked):
        on = SALE + datetime.timedelta(days=place)
        book.items.append(
            PoolItem(f"{name} ledger {place}", name, "ledger", None, "Gadwall Sails", memo, amount, on)
        )
    return book


def _named(name: str) -> Book:
    """One payment and one entry, and other parties, of which each has paid what it owed."""
    payer, party, others, _ = NAMES[name]
    sides: list[tuple[str, str, str, int]] = [("bank", "", payer, 125040), ("ledger", "", party, 125040)]
    for place, other in enumerate(others):
        sides += [(side, f" {place}", other, 30000 + 777 * place) for side in ("bank", "ledger")]
    book = Book()
    for side, number, who, amount in sides:
        on = SALE + datetime.timedelta(days=(len(number) and 9) + (side == "bank"))
        book.items.append(PoolItem(f"{name} {side}{number}", name, side, None, who, None, amount, on))
    return book
