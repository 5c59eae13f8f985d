"""The CSV profiles that are shipped, each with a sample of what its bank writes, in invented names."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.collect.readers import CsvProfile, load_csv_profiles, read
from orchestration.collect.readers.csv_profiles import COLUMNS
from orchestration.lake.datasets import BankStatement, BankStatementLine
from orchestration.lake.errors import UnreadableFile

SAMPLES = Path(__file__).parents[1] / "samples_csv"
SEED = Path(__file__).parents[3] / "seeds" / "reference" / "csv_profiles.csv"
PROFILES = load_csv_profiles(SEED)
IN_FOLDER = "bank/account=0044-7/2026/export.csv"

# Per profile: the accounts with their signed amounts, a pending one in words, and opening and closing.
EXPECTED = {
    "wise": {"0044-7 EUR": "-250.75 1500.00 | 0.00 1249.25"},
    "n26": {"MainAccount EUR": "120.00 -18.40 | None None", "Savings EUR": "0.60 | None None"},
    "revolut": {
        "Current GBP": "500.00 -100.50 pending -12.00 | 0.00 399.50",
        "Savings GBP": "40.00 | 0.00 40.00",
    },
    "revolut_business": {"EURMain EUR": "-80.20 1000.00 | 0.00 919.80"},
    "starling_gbp": {"0044-7 GBP": "1200.00 -20.50 | 0.00 1179.50"},
    "starling_eur": {"0044-7 EUR": "1200.00 -20.50 | 0.00 1179.50"},
    "monzo": {"0044-7 GBP": "300.00 -8.60 | 0.00 291.40"},
    "chase": {"0044-7 USD": "-75.25 -200.00 1200.00 | 0.00 924.75"},
    "chase_card": {"0044-7 USD": "-49.00 49.00 | None None"},
    "bank_of_america": {"0044-7 USD": "-71.20 1203.50 | 1000.00 2132.30"},
    "bank_of_america_card": {"0044-7 USD": "-31.10 31.10 | None None"},
    "wells_fargo": {"0044-7 USD": "-75.00 -200.00 1200.00 | None None"},
    "capital_one": {"7788 USD": "-45.50 1000 | 0.00 954.50"},
    "capital_one_card": {"4411 USD": "-51.20 51.20 | None None"},
    "amex_us": {"-71002 USD": "-54.99 54.99 | None None"},
    "amex_uk": {"0044-7 GBP": "-42.50 42.50 | None None"},
    "mercury": {"MercuryCheckingxx8655 USD": "-25.00 900.00 pending -40.00 | None None"},
    "ing_nl": {"NL20INGB0001234567 EUR": "-1100.50 2000.00 | 0.00 899.50"},
    "ing_nl_english": {"NL20INGB0001234567 EUR": "-10.50 100.00 | 0.00 89.50"},
    "rabobank": {"NL44RABO0123456789 EUR": "2000.00 -30.25 | 0.00 1969.75"},
    "sparkasse_camt": {"DE75512108001245126199 EUR": "pending -12.00 -1053.94 2000.00 | None None"},
    "ubs_ch": {"CH9300762011623852957 CHF": "-523.40 1000.00 | 1000.00 1476.60"},
    "ubs_ch_english": {"CH9300762011623852957 CHF": "-523.40 1000.00 | 1000.00 1476.60"},
    "postfinance_ch": {"CH5604835012345678009 CHF": "-23.40 1500.00 500.00 | 0.00 1976.60"},
    "raiffeisen_ch": {"CH9300762011623852957 CHF": "1000 -523.4 | 0 476.6"},
    "zkb_ch": {"0044-7 CHF": "-523.40 1000.00 | 1000.00 1476.60"},
    "dnb_no": {"0044-7 NOK": "pending -35.8 -250.00 10027.2 | None None"},
    "nordea_se": {"0044-7 SEK": "-419.65 10000.00 | 0.00 9580.35"},
    "seb_se": {"0044-7 SEK": "-253.520 10000.000 | 0.000 9746.480"},
    "swedbank": {"9350000000 SEK": "-253.50 10000.00 | 0.00 9746.50"},
    "danske_dk": {"0044-7 DKK": "10000.00 -139.00 pending -1000.00 | 0.00 9861.00"},
    "op_fi": {"0044-7 EUR": "1000.00 -29.90 | None None"},
    "commerzbank": {"DE02100500000024290661 EUR": "-149.50 1250.00 | None None"},
    "dkb": {"DE02120300000000202051 EUR": "pending -40.00 1250.5 -29.9 | None None"},
    "ing_de": {"DE75500105175456542561 EUR": "1000.00 -23.80 | 1096.41 2072.61"},
    "volksbank_de": {"DE33600501010000000002 EUR": "1250.00 -89.00 | 2089.00 3250.00"},
    "mbank_pl": {"0044-7 PLN": "1185.61 -76.37 | 15806.00 16915.24"},
    "natwest": {"0044-7 GBP": "-8.10 2220.00 | 2780.00 4991.90"},
    "barclays": {"20-00-0012345678 GBP": "-10.99 -200.00 2450.00 | None None"},
    "rbc_ca": {"04512-1234567 CAD": "-45.23 -500.00 2500.00 | None None"},
    "boursobank_fr": {"00040123456 EUR": "-29.99 1200.00 | None None"},
}
# Rows that are no entries, said with the first statement.
LEFT_OUT = {
    "revolut": "DECLINED 1",
    "mercury": "Failed 1",
    "ubs_ch": "without date and amount 2",
    "postfinance_ch": "footer 1",
    "raiffeisen_ch": "without date and amount 2",
    "zkb_ch": "without date and amount 2",
    "nordea_se": "Reserverat 1",
    "danske_dk": "Slettet 1",
}


def sample(code: str) -> bytes:
    return (SAMPLES / f"{code}.csv").read_bytes()


def rows(content: bytes, path: str | None = IN_FOLDER) -> list:
    return list(read(io.BytesIO(content), PROFILES, path))


def described(found: list) -> dict[str, str]:
    """Accounts with their amounts and balances, in words."""
    said: dict[str, list[str]] = {}
    for row in found:
        words = said.setdefault(f"{row.account_number} {row.currency}", [])
        if isinstance(row, BankStatement):
            words += ["|", str(row.opening_balance), str(row.closing_balance)]
        else:
            words += ["pending"] * (row.booking_status == "pending") + [str(row.amount)]
    return {account: " ".join(words) for account, words in said.items()}


@pytest.mark.parametrize("code", [path.stem for path in sorted(SAMPLES.iterdir())])
def test_shipped_profile_reads_what_its_bank_writes(code):
    found = rows(sample(code))
    assert described(found) == EXPECTED[code]
    left_out = [row.rows_left_out for row in found if isinstance(row, BankStatement)]
    assert left_out[0] == LEFT_OUT.get(code)
    assert not any(left_out[1:])


def test_every_shipped_profile_of_a_bank_has_a_sample():
    examples = {"us_amount", "de_sepa", "gb_debit_credit", "us_description", "jp_debit_credit"}
    assert {profile.profile_code for profile in PROFILES} == {*EXPECTED, *examples}
    assert sorted(path.stem for path in SAMPLES.iterdir()) == sorted(EXPECTED)


WITH_BALANCE = [code for code, accounts in EXPECTED.items() if "| None" not in " ".join(accounts.values())]


@pytest.mark.parametrize("code", WITH_BALANCE)
def test_running_balance_catches_a_wrong_sign_of_the_profile(code):
    shipped = next(profile for profile in PROFILES if profile.profile_code == code)
    other = "debit_positive" if shipped.sign == "credit_positive" else "credit_positive"
    wrong = shipped._replace(sign=other, debit_words=shipped.credit_words, credit_words=shipped.debit_words)
    with pytest.raises(UnreadableFile, match=r"the balance is|balance before the table is"):
        list(read(io.BytesIO(sample(code)), [wrong], IN_FOLDER))


def test_what_a_row_says_besides_stands_in_its_columns():
    def line(code: str, at: int) -> BankStatementLine:
        return [row for row in rows(sample(code)) if isinstance(row, BankStatementLine)][at]

    wise = line("wise", 0)
    assert (wise.reference, wise.bank_reference, wise.counterparty) == ("INV 71", "TRANSFER-902", "Holz GmbH")
    assert (wise.charges_amount, wise.original_currency, wise.original_amount) == (
        Decimal("-0.75"), "USD", Decimal("-270.00"),
    )  # fmt: skip
    assert line("revolut", 1).charges_amount == Decimal("-0.50")
    assert (line("chase", 0).counterparty, line("chase", 1).cheque_number) == ("CITY POWER", "1041")
    assert line("amex_us", 0).bank_reference == "320260440000001"
    rabobank = line("rabobank", 0)
    assert (rabobank.creditor_reference, rabobank.end_to_end_id) == ("6390338414964113", "E2E-12")
    assert (line("rabobank", 1).mandate_id, line("rabobank", 1).memo) == ("MND-7", "termijn februari")
    assert line("ubs_ch", 1).creditor_reference == "210000000003139471430009017"
    assert line("swedbank", 1).creditor_reference is None
    assert line("op_fi", 0).creditor_reference == "00000000000000001232"
    assert (line("sparkasse_camt", 1).counterparty, line("sparkasse_camt", 1).end_to_end_id) == (
        "Stadtwerke Köln", "E2E-14",
    )  # fmt: skip


WITHOUT_ACCOUNT = [code for code, accounts in EXPECTED.items() if any("0044-7 " in name for name in accounts)]


@pytest.mark.parametrize("code", WITHOUT_ACCOUNT)
def test_file_that_names_no_account_is_not_booked_on_any(code):
    for path in (None, "bank/2026/export.csv"):
        with pytest.raises(UnreadableFile, match=r"put it into a folder account=<number>"):
            rows(sample(code), path)


@pytest.mark.parametrize(
    ("path", "account"),
    [
        ("bank/account=0044/january.csv", "0044"),
        ("bank/starling account=GB12 3456.csv", "GB123456"),
        ("bank/account=99_2026-02.csv", "99"),
    ],
)
def test_account_in_the_path(path, account):
    assert {row.account_number for row in rows(sample("starling_gbp"), path)} == {account}


def test_account_in_the_name_that_the_bank_gives():
    found = rows(sample("chase"), "bank/Chase1234_Activity_20260214.CSV")
    assert {row.account_number for row in found} == {"1234"}


# What a profile may say

HEADER = "Account;Date;Amount;Text;Balance"


def profile(**cells: str):
    """A profile of a bank of our own."""
    said = {
        "profile_code": "own", "delimiter": ";", "decimal_mark": ".", "date_format": "%Y-%m-%d",
        "encoding": "utf-8", "sign": "credit_positive", "fixed_currency": "EUR", "account_number": "Account",
        "booked_on": "Date", "amount": "Amount", "memo": "Text",
    }  # fmt: skip
    blank = dict.fromkeys(CsvProfile._fields)
    return CsvProfile(**{**blank, **said, **cells})


def read_with(profiles: CsvProfile | list[CsvProfile], text: str, path: str | None = None) -> list:
    profiles = profiles if isinstance(profiles, list) else [profiles]
    return list(read(io.BytesIO(text.encode()), profiles, path))


def refused(profiles: CsvProfile | list[CsvProfile], text: str, path: str | None = None) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_with(profiles, text, path)
    return str(caught.value)


def amounts(found: list) -> list[str]:
    return [str(row.amount) for row in found if isinstance(row, BankStatementLine)]


def balances(found: list) -> tuple[str, str]:
    (statement,) = (row for row in found if isinstance(row, BankStatement))
    return str(statement.opening_balance), str(statement.closing_balance)


OLDEST_FIRST = ["1;2026-01-05;10.00;a;110.00", "1;2026-01-05;-5.00;b;105.00", "1;2026-01-05;7.00;c;112.00"]


@pytest.mark.parametrize("order", [OLDEST_FIRST, OLDEST_FIRST[::-1]], ids=["oldest first", "newest first"])
@pytest.mark.parametrize("without", [(), (0,), (1,), (2,), (0, 1), (1, 2), (0, 2)])
def test_running_balance_is_proved_in_both_orders(order, without):
    """Also where rows have no balance of their own; two balances prove what lies between them."""
    lines = [row.rpartition(";")[0] + ";" if at in without else row for at, row in enumerate(order)]
    text = "\n".join([HEADER, *lines])
    with_balance = profile(balance="Balance")
    assert len(amounts(read_with(with_balance, text))) == 3
    if len(without) < 2:
        assert balances(read_with(with_balance, text)) == ("100.00", "112.00")
    # The oldest row could only be proved against a balance before it.
    for row in order[1:] if order == OLDEST_FIRST and not without else ():
        wrong = row.replace(";-", ";") if ";-" in row else row.replace("-05;", "-05;-")
        for changed in (text, "\n".join([HEADER, *reversed(order)])):
            assert "the balance is" in refused(with_balance, changed.replace(row, wrong))


def test_running_balance_against_the_order_of_the_dates():
    text = f"{HEADER}\n1;2026-01-05;10;a;110\n1;2026-01-06;10;b;120\n"
    assert balances(read_with(profile(balance="Balance"), text)) == ("100", "120")
    assert refused(profile(balance="Balance", sign="debit_positive"), text) == (
        "the running balance holds only against the order of the dates (line 2)"
    )


def test_running_balance_names_the_line_and_both_orders():
    text = "\n".join([HEADER, *OLDEST_FIRST]).replace("105.00", "115.00")
    assert refused(profile(balance="Balance"), text) == (
        "the balance is 115.00; it would be 105.00 if the rows above are older, and 100.00 if they are newer"
        " (line 3)"
    )


def test_running_balance_is_of_each_account():
    other = ["2;2026-01-05;1.00;x;1.00", "2;2026-01-06;1.00;y;2.00"]
    mixed = [HEADER, OLDEST_FIRST[0], other[0], OLDEST_FIRST[1], other[1], OLDEST_FIRST[2]]
    found = read_with(profile(balance="Balance"), "\n".join(mixed))
    assert [row.closing_balance for row in found if isinstance(row, BankStatement)] == [112, 2]


def test_balance_of_a_card_is_what_is_owed():
    text = f"{HEADER}\n1;2026-01-05;10.00;a;10.00\n1;2026-01-06;-4.00;b;6.00\n"
    card = profile(balance="Balance", sign="debit_positive", balance_sign="debit_positive")
    found = read_with(card, text)
    assert (amounts(found), balances(found)) == (["-10.00", "4.00"], ("0.00", "-6.00"))
    assert "the balance is" in refused(card._replace(balance_sign=None), text)


DIRECTED = "Account;Date;Amount;Text;Dir\n1;2026-01-05;10.00;a;D\n1;2026-01-05;4.00;b;c\n"


def test_direction_column():
    own = profile(direction="Dir", debit_words="D|Debit", credit_words="C|Credit")
    assert amounts(read_with(own, DIRECTED)) == ["-10.00", "4.00"]
    assert refused(own, DIRECTED.replace(";D\n", ";X\n")) == (
        "the direction 'X' is none that the profile knows (line 2)"
    )
    assert "is negative; the direction 'D' gives its sign" in refused(
        own, DIRECTED.replace("10.00", "-10.00")
    )


def test_credit_column_with_a_sign_of_its_own():
    text = "Account;Date;Out;In;Text\n1;2026-01-05;10.00;;a\n1;2026-01-05;;-4.00;b\n"
    own = profile(amount=None, debit="Out", credit="In", sign="debit_positive", credit_sign="debit_positive")
    assert amounts(read_with(own, text)) == ["-10.00", "4.00"]


FEES = "Account;Date;Amount;Text;Fee\n1;2026-01-05;-10.00;a;1.50\n1;2026-01-05;4.00;b;\n"


@pytest.mark.parametrize(
    ("cells", "fees", "expected"),
    [
        ({}, FEES, ["-11.50", "4.00"]),
        ({"fee_sign": "credit_positive"}, FEES.replace(";1.50", ";-1.50"), ["-11.50", "4.00"]),
        ({"fee_kind": "contained"}, FEES, ["-10.00", "4.00"]),
    ],
)
def test_fee_column(cells, fees, expected):
    found = read_with(profile(fee="Fee", **cells), fees)
    assert amounts(found) == expected
    assert [row.charges_amount for row in found[:2]] == [Decimal("-1.50"), None]


STATES = "Account;Date;Amount;Text;State\n1;2026-01-05;1;a;ok\n1;2026-01-05;2;b;open\n1;2026-01-05;4;c;void\n"


def test_status_column():
    own = profile(status="State", booked_words="OK", pending_words="open", left_out_words="void")
    found = read_with(own, STATES)
    assert [(row.booking_status, str(row.amount)) for row in found[:2]] == [("booked", "1"), ("pending", "2")]
    assert found[2].rows_left_out == "void 1"
    assert "the status 'void' is none that the profile knows" in refused(
        own._replace(left_out_words=None), STATES
    )
    assert "holds no entry, only what its profile leaves out (void 1)" in refused(
        own, "\n".join(STATES.splitlines()[::3])
    )
    others = own._replace(booked_words="*", left_out_words=None)
    assert amounts(read_with(others, STATES)) == ["1", "2", "4"]


def test_type_column_as_a_filter():
    found = read_with(profile(row_type="State", row_type_words="ok|open"), STATES)
    assert (amounts(found), found[-1].rows_left_out) == (["1", "2"], "void 1")


def test_rows_of_no_header():
    own = profile(column_count="5", account_number="1", booked_on="2", amount="3", memo="4", balance="5")
    text = "\n".join(OLDEST_FIRST) + "\n"
    assert balances(read_with(own, text)) == ("100.00", "112.00")
    assert read_with(own, text)[0].line_number == 1
    assert "no profile declares" in refused(own, text.replace(";110.00", ""))
    assert "no profile declares" in refused(own, text.replace("2026-01-05", "05.01.2026"))


@pytest.mark.parametrize("tail", [";", ";;;", ""])
def test_trailing_delimiters(tail):
    text = f"{HEADER}\n" + "\n".join(row + tail for row in OLDEST_FIRST)
    assert len(amounts(read_with(profile(balance="Balance"), text))) == 3
    assert len(amounts(read_with(profile(balance="Balance"), text.replace(HEADER, f"{HEADER};")))) == 3
    assert "columns, the header 5 (line 4)" in refused(profile(), text + ";more")


def test_preamble_and_footer():
    text = f'Account no: 77;\n"Unit";"chf"\n\n{HEADER}\n1;2026-01-05;1;a;1\nTotal;;1;;\nmade; by "us" "and\n'
    own = profile(
        account_number=None, fixed_currency=None, preamble_account="Account no", preamble_currency="Unit",
        footer_words="Sum|Total",
    )  # fmt: skip
    found = read_with(own, text)
    assert [(row.account_number, row.currency) for row in found] == [("77", "CHF")] * 2
    assert found[1].rows_left_out == "footer 1"


STATED = f"Start: 100.00\nEnd;112.00\n\n{HEADER}\n"
STATING = {"preamble_opening": "Start", "preamble_closing": "End"}


def test_balances_before_the_table_are_those_of_the_statement_and_proved():
    own = profile(**STATING)
    table = "\n".join(OLDEST_FIRST)
    assert balances(read_with(own, STATED + table)) == ("100.00", "112.00")
    assert balances(read_with(own._replace(balance="Balance"), STATED + table)) == ("100.00", "112.00")
    # One of them alone.
    only = profile(preamble_closing="End")
    assert balances(read_with(only, STATED + table)) == ("None", "112.00")
    for name, text in (
        ("the closing balance before the table is 112.00, by the rows it is", "\n".join(OLDEST_FIRST[1:])),
        ("a balance stands before the table, and the table is of several", table + "\n2;2026-01-05;0;a;\n"),
    ):
        assert name in refused(own, STATED + text)
    wrong = STATED.replace("100.00", "90.00").replace("112.00", "102.00")
    assert "the opening balance before the table is 90.00, by the rows it is 100.00" in refused(
        own._replace(balance="Balance"), wrong + table
    )
    owed = own._replace(balance_sign="debit_positive")
    assert "the closing balance before the table is -112.00" in refused(owed, STATED + table)
    assert "are 100.00 and 112.00, and the table has no entry" in refused(own, STATED)
    assert read_with(own, STATED.replace("112.00", "100.00")) == []
    assert "is not an amount (before line 4)" in refused(own, STATED.replace("112.00", "much") + table)


@pytest.mark.parametrize(
    ("text", "marks", "expected"),
    [
        ("1 234,50", (",", " "), "1234.50"),
        ("1\u202f234\u00a0567,5", (",", " "), "1234567.5"),
        ("−12,00", (",", " "), "-12.00"),
        ("1’234.50", (".", "'"), "1234.50"),
        ("12,34,567.00", (".", ","), "1234567.00"),
        ("EUR 1,234.50", (".", ","), "1234.50"),
        ("-€12.50", (".", ","), "-12.50"),
        ("€-12.50", (".", ","), "-12.50"),
        ("(12.50 eur)", (".", ","), "-12.50"),
        ("12.50- ", (".", ","), "-12.50"),
        ("+ 12.50", (".", ","), "12.50"),
        ("- 2 087,50", (",", " "), "-2087.50"),
        ("€ - 2 087,50", (",", " "), "-2087.50"),
        ("( 12.50 )", (".", ","), "-12.50"),
        ("1,250.00 Cr", (".", ","), "1250.00"),
        ("12.50DR", (".", ","), "-12.50"),
        ("1.250,00 D", (",", "."), "-1250.00"),
        ("12.50 EUR cr.", (".", ","), "12.50"),
        ("-12.50 Cr", (".", ","), None),
        ("Cr", (".", ","), None),
        ("12.50 Kč", (".", ","), None),
        ("₹12.50", (".", ","), None),
        ("1,23.50", (".", ","), None),
        ("1,2345.00", (".", ","), None),
        ("12abc3", (".", ","), None),
        ("USD 12.50", (".", ","), None),
        ("£12.50", (".", ","), None),
        ("--12.50", (".", ","), None),
        ("(-12.50)", (".", ","), None),
        ("NaN", (".", ","), None),
        ("1e5", (".", ","), None),
        ("EUR", (".", ","), None),
    ],
)
def test_amounts_as_banks_write_them(text, marks, expected):
    own = profile(decimal_mark=marks[0], thousands_mark=marks[1])
    content = f'{HEADER}\n1;2026-01-05;"{text}";a;\n'
    if expected is None:
        assert refused(own, content).endswith("(line 2)")
    else:
        assert amounts(read_with(own, content)) == [expected]


@pytest.mark.parametrize(
    ("text", "currency"),
    [("12.50 zł", "PLN"), ("Kč 12.50", "CZK"), ("₹ 12.50", "INR"), ("-12.50 TL", "TRY"), ("R 12.50", "ZAR"),
     ("R$ 12.50", "BRL"), ("12.50 Ft", "HUF"), ("RM12.50", "MYR"), ("₪12.50", "ILS"), ("12.50원", "KRW")],
)  # fmt: skip
def test_signs_of_currencies_around_an_amount(text, currency):
    content = f'{HEADER}\n1;2026-01-05;"{text}";a;\n'
    assert amounts(read_with(profile(fixed_currency=currency), content)) == [
        "-12.50" if "-" in text else "12.50"
    ]


def test_a_side_behind_an_amount_goes_before_the_signs_of_the_profile():
    """A card's charges without a sign, and what was paid with Cr; a balance that is overdrawn."""
    own = profile(sign="debit_positive", balance="Balance", balance_sign="debit_positive")
    text = f"{HEADER}\n1;2026-01-05;30.00;a;70.00 Dr\n1;2026-01-06;100.00 CR;b;30.00 Cr\n"
    found = read_with(own, text)
    assert (amounts(found), balances(found)) == (["-30.00", "100.00"], ("-40.00", "30.00"))
    two = profile(amount=None, debit="Amount", credit="Text", memo=None, sign="debit_positive")
    text = f"{HEADER}\n1;2026-01-05;30.00 Dr;;\n1;2026-01-06;;100.00 Cr;\n"
    assert amounts(read_with(two, text)) == ["-30.00", "100.00"]


def test_currency_in_small_letters_and_in_the_amount():
    own = profile(fixed_currency=None, currency="Unit")
    text = "Account;Date;Amount;Text;Unit\n1;2026-01-05;1;a;gbp\n"
    assert read_with(own, text)[0].currency == "GBP"
    own = profile(fixed_currency=None, currency="Amount")
    assert read_with(own, f"{HEADER}\n1;2026-01-05;-1.50 Sek;a;\n")[0][4:6] == ("SEK", Decimal("-1.50"))
    assert "says which currency it is in; next step: fill fixed_currency" in refused(
        own, f"{HEADER}\n1;2026-01-05;1.50;a;\n"
    )


@pytest.mark.parametrize(
    ("zone", "moment", "expected"),
    [
        (None, "2026-01-05T23:30:00+0000", "2026-01-05"),
        ("Europe/Berlin", "2026-01-05T23:30:00+0000", "2026-01-06"),
        ("America/New_York", "2026-01-05T03:00:00+0000", "2026-01-04"),
        ("America/New_York", "2026-01-05T03:00:00+0900", "2026-01-04"),
    ],
)
def test_time_zone_of_the_day(zone, moment, expected):
    own = profile(date_format="%Y-%m-%d %H:%M | %Y-%m-%dT%H:%M:%S%z", time_zone=zone)
    assert str(read_with(own, f"{HEADER}\n1;{moment};1;a;\n")[0].booked_on) == expected
    in_utc = f"{HEADER}\n1;2026-01-05 23:30;1;a;\n"
    assert str(read_with(own, in_utc)[0].booked_on) == (
        "2026-01-06" if zone == "Europe/Berlin" else "2026-01-05"
    )


def test_headers_that_join_choose_or_may_be_absent():
    own = profile(
        memo="Text + Note", booked_on="Date | Started", counterparty="Who? | Payee?", balance="Left?"
    )
    text = "Account;Date;Started;Amount;Text;Note;Payee\n1;;2026-01-05;1;a;b;Mill\n1;2026-01-06;;1;;c;\n"
    first, second = read_with(own, text)[:2]
    assert (first.memo, first.counterparty, str(first.booked_on)) == ("a b", "Mill", "2026-01-05")
    assert (second.memo, second.counterparty, str(second.booked_on)) == ("c", None, "2026-01-06")


def test_two_profiles_that_fit_are_named():
    text = f"{HEADER}\n1;2026-01-05;1;a;\n"
    one = profile(fixed_account_number="1", account_number=None)
    two = one._replace(profile_code="other", fixed_account_number="2", balance="Balance")
    assert refused([one, two], text).startswith("the profiles own and other fit this file alike; next step:")
    for at, path in enumerate(("bank/one/x.csv", "bank/two/X.CSV")):
        patterns = [one._replace(file_pattern="one/*"), two._replace(file_pattern="TWO/*.csv")]
        assert read_with(patterns, text, path)[0].account_number == str(at + 1)
    assert read_with([one, two._replace(file_pattern="export_2*")], text, "bank/export_2.csv")[0][3] == "2"
    assert read_with([one, two._replace(file_pattern="export_2*")], text, "bank/export_1.csv")[0][3] == "1"


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ({"direction": "Dir"}, "direction needs amount, debit_words and credit_words"),
        ({"status": "State"}, "status needs booked_words"),
        ({"row_type": "Type"}, "row_type needs row_type_words"),
        ({"fee_kind": "extra"}, "fee_kind is neither on_top nor contained"),
        ({"balance_sign": "plus"}, "balance_sign is neither credit_positive nor debit_positive"),
        ({"balance_words": "Opening"}, "balance_words need balance and memo"),
        ({"account_pattern": "x"}, "account_pattern is not a regular expression with one group"),
        ({"account_pattern": "("}, "account_pattern is not a regular expression with one group"),
        ({"column_count": "5"}, "without a header, columns are named 1 to column_count"),
        ({"column_count": "five"}, "column_count is not a number"),
        ({"time_zone": "Mars/Base"}, "time_zone is unknown"),
        ({"encoding": "utf-8 | none"}, "encoding is unknown"),
    ],
)
def test_profile_that_cannot_be_meant(tmp_path, cells, problem):
    with pytest.raises(ValueError, match=re.escape(problem)):
        load_csv_profiles(seed_of(tmp_path, profile(**cells)))


def seed_of(folder: Path, *profiles: CsvProfile) -> Path:
    path = folder / "csv_profiles.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(CsvProfile._fields)
        writer.writerows(profiles)
    return path


# A CSV that no profile declares

UNKNOWN = {
    "de": (
        "Buchungstag;Valuta;Empfänger;Verwendungszweck;Betrag;Währung;Saldo\n"
        "14.02.2026;14.02.2026;Müller KG;Papier;-12,50;EUR;1.087,50\n"
        "12.02.2026;12.02.2026;Kunde;R 1;1.100,00;EUR;1.100,00\n",
        ["-12.50", "1100.00"],
    ),
    "us": (
        "Account No,Post Date,Details,Withdrawals,Deposits,Balance\n7,02/14/2026,Paper,$12.50,,$87.50\n"
        "7,02/13/2026,Kunde,,$100.00,$100.00\n",
        ["-12.50", "100.00"],
    ),
    "nl": (
        "Datum;Omschrijving;Bedrag (EUR);D/C;IBAN\n2026-02-14;Papier;12,50;D;NL1\n"
        "2026-02-13;Klant;100,00;C;NL1\n",
        ["-12.50", "100.00"],
    ),
    # No name says anything: the dates, the amounts and the balance that follows them do.
    "names that say nothing": (
        "Konto: CH9300762011623852957\nUnit: CHF\n\nTag;Was;Wert;Stand\n05.01.2026;Kunde;1'250.00;2'250.00\n"
        "16.01.2026;Miete;-12.50;2'237.50\n17.01.2026;Strom;-37.50;2'200.00\n",
        ["1250.00", "-12.50", "-37.50"],
    ),
    "no header": (
        "2026-02-14;Papier;-1 012,50 EUR;0,00 EUR\n2026-02-13;Klant;1 012,50 EUR;1 012,50 EUR\n",
        ["-1012.50", "1012.50"],
    ),
    "two columns of money": (
        "When\tWhat\tLeft\tRight\tCcy\n01/25/2026\tAcme\t\t1,250.00\tUSD\n01/26/2026\tFee\t12.50\t\tUSD\nTotal\n",
        ["1250.00", "-12.50"],
    ),
    "a text of two lines": (
        'When,What,Sum,Ccy\n2026-01-25,"Acme\nLtd",50.00,USD\n2026-01-26,Fee,-12.50,USD\n',
        ["50.00", "-12.50"],
    ),
    "in Italian": (
        "Data contabile;Data valuta;Descrizione;Dare;Avere;Saldo EUR\n15/01/2026;;Rossi;;50,00;50,00\n"
        "16/01/2026;15/01/2026;Spese;12,50;;37,50\n",
        ["50.00", "-12.50"],
    ),
    # Lakhs, a zero where nothing is paid, and the currency in brackets behind the name.
    "in India": (
        "Value Date,Transaction Date,Remarks,Withdrawal Amount (INR ),Deposit Amount (INR ),Balance (INR )\n"
        '15/01/2026,15/01/2026,NEFT,0.00,"1,25,000.50","2,25,000.50"\n'
        '16/01/2026,16/01/2026,CHQ,80.00,0.00,"2,24,920.50"\n',
        ["125000.50", "-80.00"],
    ),
    # Money in before money out, and both signed.
    "in Brazil": (
        "Data;Histórico;Crédito (R$);Débito (R$);Saldo (R$)\n15/01/2026;PIX;1.250,50;;2.250,50\n"
        "16/01/2026;Tarifa;;-80,00;2.170,50\n",
        ["1250.50", "-80.00"],
    ),
    "a total below": (
        "Data contabile;Descrizione;Dare;Avere;Divisa\n15/01/2026;Rossi;;1.050,00;EUR\n"
        "16/01/2026;Spese;-12,50;;EUR\nTotale;;-12,50;1.050,00;\n",
        ["1050.00", "-12.50"],
    ),
    "text below the amounts": (
        "Data mov. ;Data valor ;Descrição ;Débito ;Crédito ;Saldo (EUR) ;\n"
        "16-01-2026;16-01-2026;A;20,00;;30,00;\n15-01-2026;15-01-2026;B;;50,00;50,00;\n"
        " ; ; ; ;Saldo contabilístico ;30,00 EUR; ;\n",
        ["-20.00", "50.00"],
    ),
    "sides behind amounts": (
        'Txn Date,Particulars,Amount (INR),Balance\n15-Jan-2026,IN,"10,000.00 Cr","9,000.00 Cr"\n'
        '16-Jan-2026,OUT,"9,118.00 Dr",118.00 Dr\n',
        ["10000.00", "-9118.00"],
    ),
    "brackets for money out": (
        "Date,Narration,Debit,Credit,Balance,Currency\n25 Jan 2026,IN,,50.00,50.00,AED\n"
        "26 Jan 2026,FEE,(12.50),,37.50,AED\n",
        ["50.00", "-12.50"],
    ),
    "thousands alone": (
        "Fecha;Concepto;Cargo (CLP);Abono;Saldo\n25-01-2026;Pago;;1.250.000;1.250.000\n"
        "26-01-2026;Luz;80.000;;1.170.000\n",
        ["1250000", "-80000"],
    ),
    "a minus and a blank": (
        "Date;Libellé;Montant (EUR)\n25/01/2026;Loyer;- 2 087,50\n26/01/2026;Client;+ 10,00\n",
        ["-2087.50", "10.00"],
    ),
    "a quotation mark in a header": (
        'Date,Memo,"Paid" out,Paid in,Balance 12" EUR\n2026-01-25,A,"1,000.00",,"9,000.00"\n'
        '2026-01-26,B,,"20.00","9,020.00"\n',
        ["-1000.00", "20.00"],
    ),
}
PROVED = (
    *("de", "us", "names that say nothing", "no header", "in Italian", "in India", "in Brazil"),
    *("text below the amounts", "sides behind amounts", "brackets for money out", "thousands alone"),
    "a quotation mark in a header",
)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
@pytest.mark.parametrize("name", UNKNOWN)
def test_row_that_the_refusal_proposes_reads_the_file(tmp_path, name, encoding):
    text, expected = UNKNOWN[name]
    path = "bank/account=7/x.csv"
    with pytest.raises(UnreadableFile) as caught:
        list(read(io.BytesIO(text.encode(encoding)), PROFILES, path))
    reason = caught.value.reason
    assert any(repr(line) in reason for line in text.splitlines())
    # In the order of the seed that is shipped, which is not that of the code.
    seed = tmp_path / "csv_profiles.csv"
    seed.write_text(SEED.read_text().splitlines()[0] + "\n" + reason.rpartition("collect again: ")[2])
    found = list(read(io.BytesIO(text.encode(encoding)), load_csv_profiles(seed), path))
    assert amounts(found) == expected
    assert (balances(found)[0] != "None") == (name in PROVED)


# What each text and number of the first entry must come to, by its column.
FULL = {
    "in Belgium": (
        "Rekeningnummer;Munt;Datum;Omschrijving;Valuta;Bedrag;Saldo;rekeningnummer tegenpartij;"
        "Naam tegenpartij;gestructureerde mededeling;Vrije mededeling;\n"
        "BE68539007547034;EUR;05/01/2026;OVERSCHRIJVING;05/01/2026;100,50;200,50;BE62510007547061;KLANT NV;"
        "***090/9337/55493***;bestelling 8;\n",
        {
            "booked_on": "2026-01-05",
            "counterparty": "KLANT NV",
            "counterparty_account": "BE62510007547061",
            "creditor_reference": "090933755493",
            "memo": "OVERSCHRIJVING bestelling 8",
        },
    ),
    "in Czechia": (
        '"ID pohybu";"Datum";"Objem";"Měna";"Protiúčet";"Název protiúčtu";"KS";"VS";"Zpráva pro příjemce"\n'
        '"2600001";"05.01.2026";"-2500,50";"CZK";"2000145399";"Dodavatel s.r.o.";"0308";"2026000123";'
        '"Faktura 26"\n',
        {
            "amount": "-2500.50",
            "bank_reference": "2600001",
            "counterparty": "Dodavatel s.r.o.",
            "counterparty_account": "2000145399",
            "creditor_reference": "2026000123",
            "memo": "Faktura 26",
        },
    ),
    # Called a name, and it holds accounts.
    "in the Netherlands": (
        '"Date","Interest Date","Amount","Account","Counterparty","Name","Description","Currency"\n'
        '"2026-01-05","2026-01-05","-1.250,00","7","NL91ABNA0417164300","Leverancier BV",'
        '"Factuur 26-17","EUR"\n',
        {
            "account_number": "7",
            "counterparty": "Leverancier BV",
            "counterparty_account": "NL91ABNA0417164300",
            "memo": "Factuur 26-17",
            "value_on": "2026-01-05",
        },
    ),
    "in Hungary": (
        "Számlaszám;Összeg;Devizanem;Könyvelés dátuma;Partner számlaszáma;Partner neve;Közlemény\n"
        "11773016;-15000;HUF;2026.01.05;12345678-12345678;KOVÁCS KFT;SZÁMLA 45\n",
        {
            "account_number": "11773016",
            "amount": "-15000",
            "booked_on": "2026-01-05",
            "counterparty": "KOVÁCS KFT",
            "counterparty_account": "12345678-12345678",
            "memo": "SZÁMLA 45",
        },
    ),
    # Eras have years of their own, and a yen sign of Shift JIS is a backslash in other encodings.
    "in Japan": (
        '取扱日,お支払金額,お預り金額,残高（円）,メモ\nR8.1.5,,"\\3,000","\\８，０００",ニュウキン\n'
        'R8.1.6,"\\500",,"\\7,500",デンキ\n',
        {"booked_on": "2026-01-05", "amount": "3000", "currency": "JPY", "memo": "ニュウキン"},
    ),
    # The column that says nothing has a zero.
    "in China": (
        "交易日期,收入金额,支出金额,账户余额,对方户名,对方账号,摘要,币种\n"
        "20260105,0.00,50.00,950.00,电力公司,6222001,电费,CNY\n20260106,80.00,0.00,1030.00,客户,6222002,货款,CNY\n",
        {"amount": "-50.00", "counterparty": "电力公司", "counterparty_account": "6222001", "memo": "电费"},
    ),
    "in Egypt": (
        "التاريخ,الوصف,مدين,دائن,الرصيد,العملة\n٢٥/٠١/٢٠٢٦,تحويل,,٢٬٥٠٠٫٢٥,٣٬٠٠٠٫٢٥,EGP\n",
        {"booked_on": "2026-01-25", "amount": "2500.25", "memo": "تحويل"},
    ),
    "in Thailand": (
        "วันที่,รายการ,ถอนเงิน,ฝากเงิน,ยอดคงเหลือ (THB)\n25/01/2569,ค่าไฟ,50.00,,950.00\n",
        {"booked_on": "2026-01-25", "amount": "-50.00", "currency": "THB"},
    ),
    "in Spain": (
        "Fecha;Concepto;Importe;Saldo;Divisa\n25-ene-2026;Luz;-50,00;950,00;EUR\n",
        {"booked_on": "2026-01-25", "amount": "-50.00"},
    ),
    "with times of day": (
        "Date,Description,Amount,Balance,Currency\n1/25/2026 01:05 PM,POWER,-50.00,950.00,USD\n",
        {"booked_on": "2026-01-25", "amount": "-50.00"},
    ),
    "with offsets": (
        "Date,Description,Amount,Balance,Currency\n2026-01-25T01:05:00.120+01:00,POWER,-50.00,950.00,USD\n",
        {"booked_on": "2026-01-25", "amount": "-50.00"},
    ),
    # The texts stand under headers that are blank, and their encoding is that of the currency's country.
    "in Poland": (
        '"Data operacji","Data waluty","Typ transakcji","Kwota","Waluta","Saldo po transakcji",'
        '"Opis transakcji","",""\n"2026-01-05","2026-01-07","Przelew","-50.00","PLN","950.00","Rachunek 61",'
        '"Odbiorca: Żółw",'
        '"Tytuł: FV 77"\n',
        {
            "memo": "Rachunek 61 Odbiorca: Żółw Tytuł: FV 77",
            "transaction_code": "Przelew",
            "value_on": "2026-01-07",
        },
    ),
    # The side of the amount and that of the balance are called alike, and days are written in two ways.
    "in India": (
        "No.,Transaction Date,Value Date,Description,Chq No.,Amount,Dr / Cr,Balance (INR),Dr / Cr\n"
        "1,25-01-2026 10:00:00,26-01-2026,POWER,4711,50.00,DR,950.00,CR\n"
        "2,26-01-2026 10:00:00,26-01-2026,NEFT,,20.00,CR,970.00,CR\n",
        {"amount": "-50.00", "booked_on": "2026-01-25", "value_on": "2026-01-26", "cheque_number": "4711"},
    ),
    # An empty column is no date, and one in brackets is another one.
    "in New Zealand": (
        "Ref,Date,Memo/Description,OP name,Amount (credit),Amount (debit),Amount,Balance (NZD)\n"
        ",25 Jan 26,x,POWER,,50.00,-50.00,950.00\n,26 Jan 26,y,MILL,20.00,,20.00,970.00\n",
        {"amount": "-50.00", "booked_on": "2026-01-25", "counterparty": "POWER", "memo": "x"},
    ),
    "in Greece": (
        "Ημερομηνία;Ποσό;Χρέωση / Πίστωση;Νόμισμα;Περιγραφή\n25/01/2026;50,00;Χρέωση;EUR;ΔΕΗ\n"
        "26/01/2026;20,00;Πίστωση;EUR;ΜΥΛΟΣ\n",
        {"amount": "-50.00", "memo": "ΔΕΗ"},
    ),
    "in Germany": (
        '"Buchungstag";"Wertstellung (Valuta)";"Vorgang";"Buchungstext";"Umsatz in EUR";\n"25.01.2026";'
        '"26.01.2026";"Überweisung";"Empfänger: Mühle Buchungstext: RE 77";"-50,00";\n',
        {
            "counterparty": "Mühle",
            "memo": "Empfänger: Mühle Buchungstext: RE 77",
            "transaction_code": "Überweisung",
            "value_on": "2026-01-26",
        },
    ),
    # Which is money out is told by the balance.
    "two columns that say nothing": (
        "Date,Text,Column A,Column B,Column C,Currency\n2026-01-25,IN,50.00,0.00,150.00,USD\n"
        "2026-01-26,OUT,0.00,20.00,130.00,USD\n",
        {"amount": "50.00"},
    ),
    "with rows of balances": (
        "data;lançamento;valor (R$);saldos (R$)\n05/01/2026;PIX JOSE;-1.234,56;\n"
        "05/01/2026;SALDO DO DIA;;8.765,44\n06/01/2026;TED;500,00;\n06/01/2026;SALDO DO DIA;;9.265,44\n",
        {"amount": "-1234.56", "booked_on": "2026-01-05", "memo": "PIX JOSE"},
    ),
}


@pytest.mark.parametrize("name", FULL)
def test_row_that_the_refusal_proposes_reads_every_text(tmp_path, name):
    text, expected = FULL[name]
    path = "bank/account=7/x.csv"
    with pytest.raises(UnreadableFile) as caught:
        list(read(io.BytesIO(text.encode()), PROFILES, path))
    seed = tmp_path / "csv_profiles.csv"
    seed.write_text(
        SEED.read_text().splitlines()[0] + "\n" + caught.value.reason.rpartition("collect again: ")[2]
    )
    first, *rest = read(io.BytesIO(text.encode()), load_csv_profiles(seed), path)
    assert {column: str(getattr(first, column)) for column in expected} == expected
    if name == "with rows of balances":
        assert (rest[-1].opening_balance, rest[-1].closing_balance) == (Decimal(10000), Decimal("9265.44"))


def test_encoding_of_a_polish_file_is_told_by_its_currency(tmp_path):
    text, expected = FULL["in Poland"]
    content = text.encode("cp1250")
    with pytest.raises(UnreadableFile) as caught:
        list(read(io.BytesIO(content), PROFILES, "bank/account=7/x.csv"))
    seed = tmp_path / "csv_profiles.csv"
    seed.write_text(
        SEED.read_text().splitlines()[0] + "\n" + caught.value.reason.rpartition("collect again: ")[2]
    )
    first = next(read(io.BytesIO(content), load_csv_profiles(seed), "bank/account=7/x.csv"))
    assert first.memo == expected["memo"]


def test_text_under_a_blank_header_is_not_passed_over():
    text = "Account;Date;Amount;Text;\n1;2026-01-05;-1.50;a;\n1;2026-01-06;-1.50;b;FV 77\n"
    assert refused(profile(), text) == (
        "the column 5 has no header and holds 'FV 77'; next step: name it by its place in the profile own,"
        " such as memo: Text + 5? (line 3)"
    )
    found = read_with(profile(memo="Text + 5?"), text)
    assert [row.memo for row in found[:2]] == ["a", "b FV 77"]
    assert "the row has 6 columns, the header 4" in refused(
        profile(memo="Text + 5?"), text.replace("77", "7;7")
    )


def test_columns_called_alike_are_named_by_their_place():
    text = "Account;Date;Amount;Side;Text;Side\n1;2026-01-05;1.50;D;a;C\n"
    sides = {"debit_words": "D", "credit_words": "C"}
    assert amounts(read_with(profile(direction="4?", **sides), text)) == ["-1.50"]
    assert amounts(read_with(profile(direction="6?", **sides), text)) == ["1.50"]
    assert "the header names a column twice" in refused(profile(direction="Side", **sides), text)


def test_refusal_asks_about_what_may_be_no_booked_entry():
    text = (
        "Account,Date,Amount,Currency,Text,Status,Way\n7,2026-01-15,5.00,EUR,a,Done,x\n"
        "7,2026-01-16,5.00,EUR,Closing balance,Open,y\n7,2026-01-17,5.00,EUR,b,Done,y\n"
    )
    reason = refused([], text)
    assert "check sign, since no amount has a minus, and fill direction if 'Status' tells it" in reason
    assert "fill status if 'Status' ('Done', 'Open') tells what is not booked" in reason
    assert "check that 'Closing balance' is no entry, and fill balance_words or row_type" in reason


def test_dashes_stand_for_nothing():
    own = profile(amount=None, debit="Out", credit="In", fee="Fee", balance="Balance", sign="debit_positive")
    text = "Account;Date;Out;In;Fee;Balance;Text\n1;2026-01-05;-;5.00;--;-;a\n1;2026-01-06;1.50;–;0.50;—;b\n"
    assert amounts(read_with(own, text)) == ["5.00", "-2.00"]
    assert "neither a debit nor a credit" in refused(own, text.replace("5.00;--", "-;--"))
    proposed = refused(
        [], text.replace("Text", "Text;Currency").replace(";a\n", ";a;EUR\n").replace(";b\n", ";b;EUR\n")
    )
    assert ",Out,In,," in proposed.rpartition("collect again: ")[2]


def test_account_numbers_in_quotation_marks_of_a_worksheet():
    own = profile(counterparty_account="Other")
    found = read_with(own, "Account;Date;Amount;Text;Other\n'12-34;2026-01-05;1.50;a;'61 10 90'\n")
    assert (found[0].account_number, found[0].counterparty_account) == ("12-34", "611090")


def test_columns_told_by_the_balance_are_not_asked_about():
    text, _ = FULL["two columns that say nothing"]
    assert "money out" not in refused([], text)
    without = "\n".join(line.rpartition(",")[0].rpartition(",")[0] for line in text.splitlines())
    assert "check that 'Column A' is money out and 'Column B' money in" in refused([], without)


@pytest.mark.parametrize(
    ("text", "date_format", "expected"),
    [
        ("令和8年1月5日", "%Y年%m月%d日", "2026-01-05"),
        ("令和元年12月5日", "%Y年%m月%d日", "2019-12-05"),
        ("平成31年1月5日", "%Y年%m月%d日", "2019-01-05"),
        ("R08/01/05", "%Y/%m/%d", "2026-01-05"),
        ("１月5日2026年", "%m月%d日%Y年", "2026-01-05"),
        ("115/01/05", "%Y/%m/%d", "2026-01-05"),
        ("1150105", "%Y%m%d", "2026-01-05"),
        ("民國115年1月5日", "%Y年%m月%d日", "2026-01-05"),
        # A leap day of a year that is none in the other calendar.
        ("29/02/2567", "%d/%m/%Y", "2024-02-29"),
        ("۲۰۲۶/۰۱/۰۵", "%Y/%m/%d", "2026-01-05"),
        ("5. Mär 2026", "%d. %b %Y", "2026-03-05"),
        ("5 déc. 2026", "%d %b %Y", "2026-12-05"),
        ("05.окт.2026", "%d.%b.%Y", "2026-10-05"),
        ("5 paź 2026", "%d %b %Y", "2026-10-05"),
        ("5 Ağu 2026", "%d %b %Y", "2026-08-05"),
        ("5 de fevereiro de 2026", "%d de %b de %Y", "2026-02-05"),
        # What is written as it stands is read so first.
        ("05/01/26", "%d/%m/%y | %d/%m/%Y", "2026-01-05"),
    ],
)
def test_dates_of_other_calendars_digits_and_languages(text, date_format, expected):
    own = profile(date_format=date_format)
    assert str(read_with(own, f"{HEADER}\n1;{text};1;a;\n")[0].booked_on) == expected


@pytest.mark.parametrize(
    "text", ["05/jui/2026", "05/lip/2026", "05/listopada/2026", "R8/01/05", "05/frim/2026"]
)
def test_a_date_that_could_be_any_of_several_is_refused(text):
    """June or July of France, months of Croatia that are others in Poland, an era in another order."""
    own = profile(date_format="%d/%m/%Y | %d/%b/%Y")
    assert f"{text!r} is not a date (line 2)" == refused(own, f"{HEADER}\n1;{text};1;a;\n")


def test_a_year_of_a_calendar_that_is_not_read_stays_for_the_door():
    own = profile(date_format="%d/%m/%Y")
    assert str(read_with(own, f"{HEADER}\n1;05/01/1404;1;a;\n")[0].booked_on) == "1404-01-05"


@pytest.mark.parametrize("text", ["-١٢٫٥٠", "−12.50", "-１２．５０", "-\\12.50", "-￥12.50"])
def test_amounts_in_other_digits(text):
    assert amounts(read_with(profile(fixed_currency="JPY"), f"{HEADER}\n1;2026-01-05;{text};a;\n")) == [
        "-12.50"
    ]


def test_refusal_names_the_columns_that_its_row_leaves_unread():
    text = "Date,Description,Amount,Currency,Account,Branch,Blank\n2026-01-15,Acme,-1.00,EUR,7,Rome,\n"
    assert "the row below leaves 'Branch' unread; next step" in refused([], text)


def test_profile_in_utf16_leaves_other_files_alone():
    other = PROFILES[0]._replace(profile_code="other", encoding="utf-16")
    content = (SAMPLES / "dkb.csv").read_bytes()
    assert [*read(io.BytesIO(content), [other, *PROFILES], "x.csv")] == [
        *read(io.BytesIO(content), PROFILES, "x.csv")
    ]


OTHER_LETTERS = [
    (  # two of its headers are known in cp1252 too
        "cp1254",
        "Tarih,Açıklama,İşlem Tutarı,Bakiye\n15/01/2026,ŞİRKET,125050,225050\n16/01/2026,IŞIK,-8000,217050\n",
    ),
    (
        "cp932",
        "日付,摘要,摘要内容,支払い金額,預かり金額,差引残高\n"
        '2026/1/5,振込,カ）アクメ,,"125,050","225,050"\n2026/1/16,振替,デンキ,"8,000",,"217,050"\n',
    ),
    (
        "gb18030",
        '交易日期,收入,支出,余额,交易备注\n20260115,"125,050",,"225,050",货款\n20260116,,"8,000","217,050",电费\n',
    ),
    (
        "cp949",
        "거래일시,적요,출금액(원),입금액(원),잔액(원)\n"
        '2026.01.15 09:30:11,이체,0,"125,050","225,050"\n2026.01.16 10:00:00,전기,"8,000",0,"217,050"\n'
        '합계,,"8,000","125,050",\n',
    ),
    (
        "cp1255",
        'תאריך,תיאור,אסמכתא,בחובה,בזכות,היתרה בש"ח\n15/01/2026,העברה,7,,"125,050","225,050"\n'
        '16/01/2026,חשמל,8,"8,000",,"217,050"\n',
    ),
    (
        "cp1254",
        "Tarih/Saat;Kanal;Tutar;Bakiye;Açıklama\n15/01/2026-10:11:12;Şube;125050;225050;ŞİRKET\n"
        "16/01/2026-11:00:00;Şube;-8000;217050;IŞIK\n",
    ),
    (
        "cp1251",
        "Дата операции,Описание,Сумма операции,Остаток\n15.01.2026,Ромашка,125050,225050\n"
        "16.01.2026,Свет,-8000,217050\n",
    ),
]


@pytest.mark.parametrize(("encoding", "text"), OTHER_LETTERS)
def test_header_in_other_letters_is_known_in_its_encoding(tmp_path, encoding, text):
    content, path = text.encode(encoding), "bank/account=7/x.csv"
    with pytest.raises(UnreadableFile) as caught:
        list(read(io.BytesIO(content), PROFILES, path))
    assert text.splitlines()[0] in caught.value.reason
    header = next(csv.reader(SEED.read_text().splitlines()))
    row = next(csv.reader([caught.value.reason.rpartition("collect again: ")[2]]))
    cells = dict(zip(header, row, strict=True)) | {"fixed_currency": "JPY"}
    assert cells["encoding"] == encoding
    with (tmp_path / "profiles.csv").open("w", newline="") as seed:
        csv.writer(seed).writerows([header, cells.values()])
    found = list(read(io.BytesIO(content), load_csv_profiles(tmp_path / "profiles.csv"), path))
    assert amounts(found) == ["125050", "-8000"]
    assert balances(found)[1] == "217050"


def test_rows_behind_the_end_of_the_table_are_not_passed_over():
    lines = (SAMPLES / "postfinance_ch.csv").read_bytes().splitlines(keepends=True)
    end = next(at for at, line in enumerate(lines) if line.startswith(b"Disclaimer"))
    lines.insert(end + 1, lines.pop(end - 2))
    with pytest.raises(UnreadableFile, match=f"stands behind line {end}, which ends it") as caught:
        list(read(io.BytesIO(b"".join(lines)), PROFILES, "bank/account=7/x.csv"))
    assert caught.value.position == f"line {end + 2}"


def test_iban_of_the_other_side_is_not_the_account():
    rows = "15.01.2026;DE89370400440532013000;10,00;EUR\n16.01.2026;DE89370400440532013000;-1,00;EUR\n"
    table = f"Buchungsdatum;IBAN;Betrag;Währung\n{rows}"
    assert "check that 'IBAN' is the account's own and not the other side's" in refused([], table)
    for text in (f"Konto:;DE02120300000000202051\n{table}", table.replace("3000;10", "3001;10")):
        row = refused([], text).rpartition("collect again: ")[2]
        cells = dict(zip(COLUMNS, next(csv.reader([row])), strict=True))
        assert (cells["account_number"], cells["counterparty_account"]) == ("", "IBAN")


def test_header_that_stands_twice_is_not_proposed():
    text = "Fecha;Concepto;Importe;Divisa;Saldo;Divisa\n15/01/2026;Luz;-8,00;EUR;2,00;EUR\n"
    row = refused([], text).rpartition("collect again: ")[2]
    assert "Divisa" not in row
    assert "Importe" in row


def test_balance_before_each_row_is_not_its_balance():
    text = "1\t20260115\t0,00\t1250,50\t1250,50\n1\t20260116\t1250,50\t1170,50\t-80,00\n"
    row = refused([], text).rpartition("collect again: ")[2]
    cells = dict(zip(COLUMNS, next(csv.reader([row])), strict=True))
    assert (cells["amount"], cells["balance"]) == ("5", "4")


@pytest.mark.parametrize(
    ("code", "row"), [("swedbank", b"1,8385-9"), ("bank_of_america", b"02/0"), ("postfinance_ch", b"")]
)
def test_rows_above_the_header_are_not_passed_over(code, row):
    """A sheet that was sorted with its header in it."""
    lines = (SAMPLES / f"{code}.csv").read_bytes().splitlines(keepends=True)
    at = next(at for at, line in enumerate(lines) if line.startswith((b"Radnr", b"Date,", b"Datum;")))
    lines.insert(at + 3, lines.pop(at))
    with pytest.raises(UnreadableFile, match="a row of the table stands above its header") as caught:
        list(read(io.BytesIO(b"".join(lines)), PROFILES, "bank/account=7/x.csv"))
    number = int(caught.value.position.removeprefix("line "))
    assert number <= at + 3
    assert lines[number - 1].startswith(row)


def test_a_dollar_may_be_of_any_country():
    text = "Date,Description,Amount ($)\n2026-01-15,Acme,10.00\n2026-01-16,Fee,-1.00\n"
    assert "check fixed_currency and fill" in refused(PROFILES, text)
    assert "check fixed_currency" not in refused(PROFILES, text.replace("$", "€"))


def test_one_group_of_three_digits_behind_a_point_is_asked_about():
    text = "Date;Memo;Amount;Currency;Account\n25/01/2026;A;150.000;{code};7\n26/01/2026;B;-80.000;{code};7\n"
    row = refused([], text.format(code="IDR"))
    assert "check decimal_mark and thousands_mark" in row
    cells = dict(zip(COLUMNS, next(csv.reader([row.rpartition("collect again: ")[2]])), strict=True))
    assert (cells["decimal_mark"], cells["thousands_mark"]) == (",", ".")
    assert "decimal_mark" not in refused([], text.replace("150.000", "1.150.000").format(code="IDR"))


def test_a_row_without_a_date_that_may_be_an_entry_ends_no_table():
    text = "Date;Memo;Amount;Currency;Account\n25/01/2026;A;-1,00;EUR;7\n;Fee;-2,00;EUR;7\n"
    row = refused([], text).rpartition("collect again: ")[2]
    assert "Fee" not in row


def test_refusal_names_the_nearest_profile_and_what_to_check():
    text = "Date,Counter Party,Amount (GBP),Balance (GBP)\n05/01/2026,ACME,10.00,10.00\n"
    reason = refused(PROFILES, text)
    assert "nearest is starling_gbp, without 'Reference', 'Type'" in reason
    assert (
        ", check date_format (%m/%d/%Y or %d/%m/%Y) and fill fixed_account_number or put the file" in reason
    )


def test_refusal_says_what_a_person_must_check():
    no_minus = "Account,Date,Amount,Currency\nX,2026-02-14,1.50,EUR\nX,2026-02-13,2.50,EUR\n"
    assert "csv_profiles.csv, check sign, since no amount has a minus, and collect again" in refused(
        [], no_minus
    )
    with_minus = no_minus.replace("2.50", "-2.50")
    assert "csv_profiles.csv, and collect again" in refused([], with_minus)
    proved = no_minus.replace("Currency", "Currency,Balance").replace("EUR\n", "EUR,4.00\n", 1)
    assert "check sign" not in refused([], proved.replace("2.50,EUR\n", "2.50,EUR,2.50\n"))


def test_row_is_never_cut_out_of_a_long_reason():
    names = [f"Column {place} with a long name of its own" for place in range(20)]
    names[3:6] = ["Booking date of " + "x" * 70, "Sum of " + "y" * 70, "Ccy"]
    values = ["text"] * 20
    values[3:6] = ["2026-02-14", "-1.50", "EUR"]
    reason = refused(PROFILES, ",".join(names) + "\n" + ",".join(values) + "\n")
    assert len(reason) <= 900
    assert f'collect again: my_bank,",",.,",",%Y-%m-%d,utf-8,credit_positive,,,,Ccy,{names[3]}' in reason


def test_refusal_leaves_a_currency_open_that_nothing_says():
    text = "Account;Date;Umsatz;Soll/Haben\n7;2026-02-14;1,50;S\n7;2026-02-13;1,50;H\n"
    reason = refused(PROFILES, text)
    assert "csv_profiles.csv, fill fixed_currency, and collect again: my_bank,;," in reason
    assert ",Soll/Haben,s,h," in reason


WIDE = [",".join(f"x{place}" for place in range(4000)), *["1/1/26" + ",1.00" * 3999] * 2]


@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n", ";;;\n", "x,y,z", '"\n,"\n', "Date,Amount\n", "\n".join(WIDE)]
)
def test_refusal_of_what_is_hardly_a_table(text):
    assert refused(PROFILES, text).startswith("no profile declares the header")


@pytest.mark.parametrize("encoding", ["utf-8", "cp1250"])
def test_an_encoding_is_told_by_the_whole_file(encoding):
    """The first letter that is none of ASCII stands far behind what is read to find the profile."""
    day = "2026-02-01;PRZELEW;Konto;Inne;1,00 PLN;\n"
    content = "#Data operacji;#Opis operacji;#Rachunek;#Kategoria;#Kwota;\n" + day * 3_000
    content += "2026-02-02;ŁÓDŹ;Konto;Inne;2,00 PLN;\n"
    *_, last, _ = rows(content.encode(encoding))
    assert (last.memo, last.amount) == ("ŁÓDŹ", Decimal("2.00"))


DAYS = ["03/01/2026", "05/01/2026", "09/01/2026", "02/02/2026", "06/02/2026", "11/02/2026"]


def of_days(date_format: str, days: list[str]) -> list[str]:
    """The booking dates of a statement with these days."""
    text = HEADER + "\n" + "".join(f"1;{day};1;a;\n" for day in days)
    *found, _ = read_with(profile(date_format=date_format), text)
    return [str(line.booked_on) for line in found]


@pytest.mark.parametrize("days", [DAYS, DAYS[::-1], [each for each in DAYS for _ in "ab"]])
def test_days_that_go_one_way_only_when_exchanged_are_refused(days):
    """A file without a day above the twelfth was loaded with days of other months."""
    with pytest.raises(UnreadableFile) as caught:
        of_days("%m/%d/%Y", days)
    assert "run in one direction with day and month exchanged; next step: see date_format" in str(
        caught.value
    )
    assert of_days("%d/%m/%Y", days)[0] == ("2026-02-11" if days == DAYS[::-1] else "2026-01-03")


@pytest.mark.parametrize(
    ("date_format", "days"),
    [
        # Too few to tell, neither way in order, a day above the twelfth, and as the profile says.
        ("%m/%d/%Y", DAYS[:2] + DAYS[3:5]),
        ("%m/%d/%Y", ["03/01/2026", "05/01/2026", "04/01/2026", "02/02/2026", "01/03/2026", "06/02/2026"]),
        ("%m/%d/%Y", [*DAYS, "01/13/2026"]),
        ("%m/%d/%Y", ["01/03/2026", "01/05/2026", "01/09/2026", "02/02/2026", "02/06/2026", "02/11/2026"]),
        ("%d/%m/%Y | %Y-%m-%d", DAYS),
    ],
)
def test_days_in_order_or_in_none_are_as_the_profile_says(date_format, days):
    assert len(of_days(date_format, days)) == len(days)


def test_proposed_format_is_the_one_in_which_the_days_run_one_way():
    text = "Date,Text,Amount,Currency\n" + "".join(f"{day},a,-1.50,EUR\n" for day in DAYS)
    reason = refused([], text)
    assert "check date_format (%d/%m/%Y or %m/%d/%Y)" in reason
    assert ",%d/%m/%Y,utf-8," in reason.rpartition("collect again: ")[2]
