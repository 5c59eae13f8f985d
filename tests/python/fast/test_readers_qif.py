"""QIF: what Quicken and many banks still write, in invented names."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pytest
from test_readers import day

from orchestration.collect.readers import detect, read
from orchestration.lake.datasets import BankStatement, BankStatementLine
from orchestration.lake.errors import UnreadableFile

PATH = "bank/account=0044/currency=usd/export.qif"
QIF = (Path(__file__).parents[1] / "samples_qif" / "statement.qif").read_text()


def rows(text: str, path: str | None = PATH) -> list:
    return list(read(io.BytesIO(text.encode()), [], path))


def refusal(text: str, path: str | None = PATH) -> str:
    with pytest.raises(UnreadableFile) as caught:
        rows(text, path)
    return str(caught.value)


def test_qif_golden():
    assert detect(QIF.encode()) == "qif"
    first, second, statement = rows(QIF)
    assert first == BankStatementLine(
        1, 1, 12, "Checking12", "USD", Decimal("-75.25"), "booked", False, "1041", None, "City Power", None,
        "February", None, None, None, None, day("2026-02-03"), None, cheque_number="1041",
    )  # fmt: skip
    assert (second.amount, second.creditor_reference) == (Decimal("1250.5"), "RF18539007547034")
    assert (second.line_number, second.booked_on) == (24, day("2026-02-13"))
    assert statement == BankStatement(
        1, 7, "statement", "Checking12", "USD", None, None, None, Decimal("1000.00"), None,
        day("2026-02-03"), None, day("2026-02-13"),
    )  # fmt: skip


def test_qif_account_of_the_path_and_lists_that_are_passed_over():
    text = QIF.partition("^\n")[2]
    text = "!Type:Cat\nNUtilities\nE\n^\n" + text
    assert {row.account_number for row in rows(text)} == {"0044"}
    assert "next step: put it into a folder account=<number>" in refusal(text, "bank/currency=USD/x.qif")


def test_qif_opening_balance_may_stand_last_and_once():
    opening = "D1/31'26\nT1,000.00\nPOpening Balance\nL[Checking 12]\n^\n"
    head, rest = QIF.split(opening)
    found = rows(head + rest + opening)
    assert sorted(row.amount for row in found if isinstance(row, BankStatementLine)) == sorted(
        row.amount for row in rows(QIF) if isinstance(row, BankStatementLine)
    )
    assert found[-1].opening_balance == 1000
    assert "a second opening balance" in refusal(head + opening + rest + opening)


def test_qif_of_several_accounts():
    other = "!Account\nNCard\nTCCard\n^\n!Type:CCard\nD2/20/2026\nT-5.00\nPShop\n^\n"
    found = [row for row in rows(QIF + other) if isinstance(row, BankStatement)]
    assert [row.account_number for row in found] == ["Checking12", "Card"]
    assert [row.opening_balance for row in found] == [1000, None]


@pytest.mark.parametrize(
    ("dates", "path", "expected"),
    [
        (["2/3/2026", "2/13/2026"], PATH, ["2026-02-03", "2026-02-13"]),
        (["3/2/2026", "13/2/2026"], PATH, ["2026-02-03", "2026-02-13"]),
        (["03.02.26", "13.02.26"], PATH, ["2026-02-03", "2026-02-13"]),
        (["2026-02-03", "2026-02-13"], PATH, ["2026-02-03", "2026-02-13"]),
        (["2/3/2026"], "bank/account=1 dates=dmy/currency=USD.qif", ["2026-03-02"]),
        (["2/3/2026"], "bank/account=1/dates=mdy/currency=USD/x.qif", ["2026-02-03"]),
        (["12/31'99"], PATH, ["2099-12-31"]),
        (["12/31/99"], PATH, ["1999-12-31"]),
    ],
)
def test_qif_order_of_dates(dates, path, expected):
    text = "!Type:Bank\n" + "".join(f"D{text}\nT1\n^\n" for text in dates)
    assert [str(row.booked_on) for row in rows(text, path)[:-1]] == expected


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("2/13/2026", "30/2/2026", "'30/2/2026' is not a date, or not in the order of those above (line 24)"),
        ("$-5.25", "$-5.20", "the splits do not add up to -75.25 (line 12)"),
        ("T1,250.5", "T1,25", "'1,25' is not an amount, or not in the marks of those above (line 24)"),
        ("T1,250.5", "T1.250", "'1.250' is not an amount"),
        ("T1,250.5\n", "", "'' is not an amount"),
        ("D2/13/2026\n", "", "'' is not a date"),
        ("547034\n^\n", "547034\n", "the file ends within a record: ^ is missing (line 27)"),
        ("!Type:Bank", "!Type:Invst", "'!Type:Invst' is not a bank, card or cash account (line 6)"),
    ],
)
def test_qif_refuses(old, new, reason):
    assert old in QIF
    assert reason in refusal(QIF.replace(old, new, 1))


def test_qif_dates_in_either_order_are_refused():
    assert refusal("!Type:Bank\nD2/3/2026\nT1\n^\n") == (
        "the dates may be mdy or dmy; next step: put the file into a folder dates=<order> (line 2)"
    )


def test_qif_without_currency_or_transactions_is_refused():
    assert "next step: put the file into a folder currency=<code>" in refusal(QIF, "bank/account=1/x.qif")
    assert "holds no transaction of a bank, card or cash account" in refusal("!Type:Cat\nNUtilities\n^\n")


@pytest.mark.parametrize(
    ("text", "amount"),
    [("-1.234,56", "-1234.56"), ("1,234.56", "1234.56"), ("12,5", "12.5"), ("12.", "12"), ("12", "12")],
)
def test_qif_amounts(text, amount):
    assert rows(f"!Type:Bank\nD2/13/2026\nT{text}\n^\n")[0].amount == Decimal(amount)


@pytest.mark.parametrize("kind", ["Oth A", "OthA", "Oth L", "othl"])
def test_a_number_that_is_none_is_no_reference(kind):
    content = f"!Type:{kind}\nD13/01/2026\nNN/A\nT-19.89\nPShop\n^\nD14/01/2026\nN1041\nT-1.00\n^\n".encode()
    first, second, _ = read(io.BytesIO(content), [], "bank/account=1/currency=USD/a.qif")
    assert (first.reference, first.counterparty) == (None, "Shop")
    assert (second.reference, second.cheque_number) == ("1041", "1041")


def one(amount: str, currency: str = "usd", more: str = "", date: str = "2026-02-13") -> list:
    text = f"!Type:Bank\nD{date}\nT{amount}\nPMill\n^\n{more}"
    return rows(text, f"bank/account=0044/currency={currency}/export.qif")


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("-0.500", "kwd", "-0.500"),
        ("1,234,567", "usd", "1234567"),
        ("1.234,5", "eur", "1234.5"),
        ("1,234.50", "usd", "1234.50"),
        ("1234.500", "kwd", "1234.500"),
    ],
)
def test_qif_mark_that_an_amount_shows(amount, currency, expected):
    assert one(amount, currency)[0].amount == Decimal(expected)


@pytest.mark.parametrize("amount", ["-10.000", "1,250", "-1.234"])
def test_qif_mark_before_three_digits_is_told_by_another_amount_or_the_path(amount):
    """Amounts of three decimals were loaded a thousandfold."""
    with pytest.raises(UnreadableFile) as caught:
        one(amount)
    assert f"the mark of {amount!r} may be of thousands or of decimals" in str(caught.value)
    number, mark = Decimal(amount.replace(",", ".")), "point" if "." in amount else "comma"
    other = "comma" if mark == "point" else "point"
    assert one(amount, f"usd/decimals={mark}")[0].amount == number
    assert one(amount, f"usd/decimals={other}")[0].amount == number * 1000
    shown = f"D2026-02-14\nT{'7.50' if mark == 'comma' else '7,50'}\n^\n"
    assert one(amount, more=shown)[0].amount == number * 1000
