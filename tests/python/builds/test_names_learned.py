"""Whom a name of the bank means is learned from payments, where letters cannot tell, from the past alone."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from dbt_runs import MODELS_ONLY, run_dbt, warehouse_of

UP_TO_MATCHES = ["build", *MODELS_ONLY, "--select", "+int_items_matched"]
YAMADA, SUZUKI = "ｶ)ﾔﾏﾀﾞｼﾖｳｶｲ", "ｽｽﾞｷｼﾖｳﾃﾝ"
COLLECTOR, HAYASHI, MIDORI = "ﾄﾖﾀﾞｼﾕｳｷﾝ", "ｶ)ﾊﾔｼﾌﾞﾂｻﾝ", "ﾐﾄﾞﾘﾉｳｴﾝ(ﾕ"
TABLES, GARAGE = "SQ *TBLS {}", "PYMTS*GRGE {}"


class Payment(NamedTuple):
    """A line of the bank and the entry that it pays: their days, texts and amount."""

    bank_on: str
    bank_text: str
    booked_on: str
    counterparty: str
    amount: int


# Two amounts that nobody else has teach a name; two customers who pay one amount on one day need it.
KANA = [
    Payment("2026-01-05", YAMADA, "2026-01-05", "株式会社山田商会", 41237),
    Payment("2026-01-05", SUZUKI, "2026-01-05", "鈴木商店", 73319),
    Payment("2026-01-06", YAMADA, "2026-01-06", "株式会社山田商会", 58113),
    Payment("2026-01-06", SUZUKI, "2026-01-06", "鈴木商店", 22871),
    # On the day of the second proof nothing is known yet; the day after it is.
    Payment("2026-01-06", YAMADA, "2026-01-06", "株式会社山田商会", 100000),
    Payment("2026-01-06", SUZUKI, "2026-01-06", "鈴木商店", 100000),
    Payment("2026-01-20", YAMADA, "2026-01-20", "株式会社山田商会", 200000),
    Payment("2026-01-20", SUZUKI, "2026-01-19", "鈴木商店", 200000),
    # An equal payment may still be the one from before.
    Payment("2026-01-08", YAMADA, "2026-01-09", "株式会社山田商会", 100000),
    # Who collects for two means neither.
    Payment("2026-01-05", COLLECTOR, "2026-01-05", "大阪塗装株式会社", 31777),
    Payment("2026-01-06", COLLECTOR, "2026-01-06", "大阪塗装株式会社", 31999),
    Payment("2026-01-07", COLLECTOR, "2026-01-07", "神戸製菓株式会社", 45111),
    Payment("2026-01-20", COLLECTOR, "2026-01-20", "大阪塗装株式会社", 300000),
    Payment("2026-01-20", COLLECTOR, "2026-01-20", "神戸製菓株式会社", 300000),
    # One proof is none, the same amount is no second one, and what comes later teaches from its day on.
    Payment("2026-01-05", HAYASHI, "2026-01-05", "林物産（株）", 64231),
    Payment("2026-01-19", HAYASHI, "2026-01-19", "林物産（株）", 64231),
    Payment("2026-01-05", MIDORI, "2026-01-05", "みどり農園有限会社", 64777),
    Payment("2026-01-20", HAYASHI, "2026-01-20", "林物産（株）", 500000),
    Payment("2026-01-20", MIDORI, "2026-01-20", "みどり農園有限会社", 500000),
    Payment("2026-01-28", HAYASHI, "2026-01-28", "林物産（株）", 11237),
    Payment("2026-01-28", MIDORI, "2026-01-28", "みどり農園有限会社", 12791),
    Payment("2026-01-29", YAMADA, "2026-01-29", "大阪塗装株式会社", 13337),
    Payment("2026-01-30", YAMADA, "2026-01-30", "大阪塗装株式会社", 14447),
]
CARD = [
    Payment("2026-01-06", TABLES, "2026-01-05", "The Long Tablespoon", -84),
    Payment("2026-01-07", GARAGE, "2026-01-06", "Miller Motors", -912),
    Payment("2026-01-08", TABLES, "2026-01-07", "The Long Tablespoon", -133),
    Payment("2026-01-09", GARAGE, "2026-01-08", "Miller Motors", -455),
    Payment("2026-01-13", TABLES, "2026-01-12", "The Long Tablespoon", -60),
    Payment("2026-01-13", GARAGE, "2026-01-12", "Miller Motors", -60),
    Payment("2026-01-14", TABLES, "2026-01-13", "The Long Tablespoon", -177),
    Payment("2026-01-14", GARAGE, "2026-01-13", "Miller Motors", -731),
    Payment("2026-01-20", TABLES, "2026-01-16", "The Long Tablespoon", -50),
    Payment("2026-01-20", GARAGE, "2026-01-15", "Miller Motors", -50),
]
ACCOUNTS = """gl_account,name,type,currency,bank_account
1111,Yen,asset,JPY,0441877
1200,Card,asset,USD,CARD77
"""
COLUMNS = ["entry_id", "line_no", "posted_on", "gl_account", "amount", "currency", "reference"]


def write_zone(landing: Path) -> None:
    """The statements in one file each, the journal in another; entries stand in the other order."""
    (landing / "bank").mkdir(parents=True)
    (landing / "ledger").mkdir()
    yen, balance = ["口座番号,取引日,出金金額,入金金額,残高,摘要"], 0
    for payment in sorted(KANA):
        balance += payment.amount
        day = payment.bank_on.replace("-", "/")
        yen.append(f'0441877,{day},,{payment.amount},{balance},"振込 {payment.bank_text}"')
    card, balance = ["Account,Date,Description,Amount,Balance"], 0
    for number, payment in enumerate(sorted(CARD)):
        balance += payment.amount
        year, month, day = payment.bank_on.split("-")
        text = payment.bank_text.format(4400 + number)
        card.append(f'CARD77,{month}/{day}/{year},"{text}",{payment.amount},{balance}')
    (landing / "bank" / "yen.csv").write_bytes("\n".join([*yen, ""]).encode("cp932"))
    (landing / "bank" / "card.csv").write_text("\n".join([*card, ""]), encoding="utf-8")
    (landing / "ledger" / "accounts.csv").write_text(ACCOUNTS, encoding="utf-8")
    entries = [",".join([*COLUMNS, "counterparty", "memo", "document_type", "recorded_at"])]
    for number, payment in enumerate(reversed(KANA + CARD)):
        account = "1111,{},JPY" if payment in KANA else "1200,{},USD"
        entries.append(
            f"E{number:03},1,{payment.booked_on},{account.format(payment.amount)},,{payment.counterparty},,,"
            f"{payment.booked_on}T10:00:00Z"
        )
    (landing / "ledger" / "journal_lines.csv").write_text("\n".join([*entries, ""]), encoding="utf-8")


def matched(zone: Path, landing: Path) -> set[tuple[str, str, int]]:
    """What the bank writes, without numbers, whom the books name, and the amount, of every match."""
    run_dbt(*UP_TO_MATCHES, zone=zone, landing=landing)
    with duckdb.connect(str(warehouse_of(zone)), read_only=True) as connection:
        rows = connection.execute(
            """
            select
                regexp_replace(replace(bank.memo, '振込 ', ''), '[0-9]+$', '{}'),
                ledger.counterparty,
                cast(bank.amount as integer)
            from intermediate.int_items_matched as matches
            inner join intermediate.int_items_counted as bank
                on matches.item_id = bank.item_id and bank.side = 'bank'
            inner join intermediate.int_items_matched as others
                on matches.match_id = others.match_id
            inner join intermediate.int_items_counted as ledger
                on others.item_id = ledger.item_id and ledger.side = 'ledger'
            """
        ).fetchall()
    return set(rows)


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    landing = tmp_path_factory.mktemp("names") / "landing"
    write_zone(landing)
    return landing


@pytest.fixture(scope="module")
def matches(landing: Path) -> set[tuple[str, str, int]]:
    return matched(landing.with_name("zone"), landing)


def of_amount(matches: set[tuple[str, str, int]], amount: int) -> set[tuple[str, str]]:
    return {(text, counterparty) for text, counterparty, each in matches if each == amount}


def test_two_payments_teach_what_kana_mean(matches: set[tuple[str, str, int]]) -> None:
    assert of_amount(matches, 200000) == {(YAMADA, "株式会社山田商会"), (SUZUKI, "鈴木商店")}


def test_three_payments_teach_whose_a_card_text_is(matches: set[tuple[str, str, int]]) -> None:
    assert of_amount(matches, -60) == {(TABLES, "The Long Tablespoon"), (GARAGE, "Miller Motors")}
    assert of_amount(matches, -50) == {(TABLES, "The Long Tablespoon"), (GARAGE, "Miller Motors")}


def test_what_came_before_a_name_was_learned_is_known_then(matches: set[tuple[str, str, int]]) -> None:
    assert of_amount(matches, 100000) == {(YAMADA, "株式会社山田商会"), (SUZUKI, "鈴木商店")}


def test_a_name_that_pays_for_two_is_nobodys(matches: set[tuple[str, str, int]]) -> None:
    assert of_amount(matches, 300000) == set()


def test_what_was_matched_stays_matched(
    landing: Path, matches: set[tuple[str, str, int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three weeks know of themselves what the month does, but for what later payments teach: one amount twice
    is one proof, so that whose the 500,000 are is learned on the 28th."""
    monkeypatch.setenv("TIEOUT_BUSINESS_DATE", "2026-01-21")
    early = matched(tmp_path / "zone", landing)
    last = {payment.amount for payment in KANA if payment.bank_on > "2026-01-21"}
    assert of_amount(early, 500000) == set()
    assert early == {match for match in matches if match[2] not in {*last, 500000}}
    assert of_amount(matches, 500000) <= {(HAYASHI, "林物産（株）"), (MIDORI, "みどり農園有限会社")}
