"""Settlement reports of payment processors, as they export them: every line by hand, and what is refused."""

from __future__ import annotations

import csv
import io
import random
import time
from decimal import Decimal
from pathlib import Path

import pytest
from scale import times
from test_readers_mutants import MUTATIONS

from orchestration.collect import landing
from orchestration.collect.settlement_files import read_settlement_file
from orchestration.collect.settlements import load_settlement_profiles, read_settlement
from orchestration.collect.settlements.profiles import COLUMNS
from orchestration.lake.datasets import SettlementLine
from orchestration.lake.errors import UnreadableFile
from orchestration.lake.spool import Spool

SAMPLES = Path(__file__).parents[1] / "samples_settlements"
PROFILES = load_settlement_profiles(landing.SETTLEMENT_PROFILES)
SECONDS = 2.0
# Per report its lines: kind, payout, gross, fee, net, currency, order, day, and what the customer paid.
EXPECTED = {
    "stripe_payout_reconciliation": """
        sale po_1Q8Mar05 1250.00 -36.50 1213.50 EUR SO-5001 2026-03-02
        sale po_1Q8Mar05 46.30 -1.59 44.71 EUR SO-5002 2026-03-02 50.00 USD
        refund po_1Q8Mar05 -20.00 0 -20.00 EUR SO-4990 2026-03-03
        chargeback po_1Q8Mar05 -99.00 -15.00 -114.00 EUR SO-4950 2026-03-03
        fee po_1Q8Mar05 -2.00 0 -2.00 EUR - 2026-03-03
        reserve po_1Q8Mar05 -50.00 0 -50.00 EUR rsv_1 2026-03-03""",
    "stripe_balance_history": """
        payout po_1Q8Mar09 -96.22 0 -96.22 USD po_1Q8Mar09 2026-03-09
        fee po_1Q8Mar09 -2.00 0 -2.00 USD - 2026-03-06
        refund po_1Q8Mar09 -16.00 0 -16.00 USD A-77 2026-03-06
        sale po_1Q8Mar09 118.00 -3.78 114.22 USD A-78 2026-03-05
        sale - 10.00 -0.59 9.41 USD A-79 2026-03-10""",
    "stripe_payouts": """
        summary po_1Q8Mar09 96.22 0 96.22 USD - 2026-03-09
        summary po_1Q8Mar05 1072.21 0 1072.21 EUR - 2026-03-05
        unsettled po_1Q8Mar02 80.00 0 80.00 EUR - 2026-03-02""",
    "paypal_activity": """
        sale - 1250.00 -43.40 1206.60 EUR WC-777 2026-03-02
        sale - 80.00 -2.67 77.33 EUR WC-778 2026-03-03
        unsettled - 5.00 -0.40 4.60 EUR WC-779 2026-03-04
        unsettled - -10.00 0 -10.00 EUR - 2026-03-05
        refund - -50.00 1.45 -48.55 EUR WC-777 2026-03-12
        payout 6AB23456CD7890123 -1235.38 0 -1235.38 EUR - 2026-03-13
        sale - 20.00 -0.93 19.07 EUR WC-780 2026-03-14""",
    "paypal_activity_de": """
        sale - 1119.00 -28.21 1090.79 EUR R-2026-0144 2026-03-02
        refund - -19.00 0.12 -18.88 EUR R-2026-0144 2026-03-03
        unsettled - 9.00 -0.58 8.42 EUR R-2026-0145 2026-03-04
        payout 8XX11111AA2222225 -1071.91 0 -1071.91 EUR - 2026-03-05""",
    "paypal_settlement_report": """
        sale - 125.00 -3.93 121.07 USD INV-900 2026-03-02
        sale - 9000 -364 8636 JPY INV-901 2026-03-02
        refund - -10.00 0.30 -9.70 USD INV-880 2026-03-02
        payout 9AA00000000000004 -111.37 0 -111.37 USD - 2026-03-02""",
    "adyen_settlement_details": """
        sale LampsEU-212 100.00 -2.40 97.60 EUR ORD-31001 2026-03-02
        sale LampsEU-212 46.30 -1.10 45.20 EUR ORD-31002 2026-03-02 50.00 USD
        refund LampsEU-212 -30.00 0 -30.00 EUR ORD-30990 2026-03-03
        chargeback LampsEU-212 -25.00 -7.50 -32.50 EUR ORD-30900 2026-03-03
        fee LampsEU-212 -4.30 0 -4.30 EUR - 2026-03-04
        payout LampsEU-212 -76.00 0 -76.00 EUR - 2026-03-04""",
    "shopify_payment_transactions": """
        sale 140769394954 37.90 -1.10 36.80 EUR #3703 2026-03-02
        sale 140769394954 46.00 -1.40 44.60 EUR #3704 2026-03-02 49.50 USD
        refund 140769394954 -12.00 0 -12.00 EUR #3690 2026-03-03
        chargeback 140769394954 -20.00 -15.00 -35.00 EUR #3600 2026-03-03
        unsettled 2026-03-12 10.00 -0.40 9.60 EUR #3720 2026-03-09""",
    "shopify_payouts": """
        unsettled 2026-03-12 10.00 -0.40 9.60 EUR - 2026-03-12
        summary 2026-03-05 51.90 -17.50 34.40 EUR SHP-7711 2026-03-05
        summary 2026-03-04 45.00 -1.75 43.25 EUR SHP-7702 2026-03-04""",
    "square_transactions": """
        sale SQ260303A1 1170.00 -30.52 1139.48 USD TX900 2026-03-02
        sale - 20.00 0 20.00 USD TX901 2026-03-02
        refund SQ260316B2 -45.00 0 -45.00 USD ORD-5 2026-03-13""",
    "square_deposits": """
        summary SQ260316B2 -45.00 0 -45.00 USD - 2026-03-16
        summary SQ260303A1 1170.00 -30.52 1139.48 USD - 2026-03-03""",
}
# What the lines of the sample's payout come to: worked out by hand.
PAYOUTS = {
    "stripe_payout_reconciliation": "1072.21",
    "stripe_balance_history": "96.22",
    "adyen_settlement_details": "76.00",
    "shopify_payment_transactions": "34.40",
    "square_transactions": "1139.48",
    "stripe_payouts": "96.22",
    "shopify_payouts": "34.40",
    "square_deposits": "-45.00",
}


def sample(code: str) -> str:
    return (SAMPLES / f"{code}.csv").read_text(encoding="utf-8")


def lines(content: str | bytes, path: str | None = None) -> list[SettlementLine]:
    stream = io.BytesIO(content if isinstance(content, bytes) else content.encode())
    return list(read_settlement(stream, PROFILES, path))


def refusal(content: str | bytes) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        lines(content)
    return caught.value


def told(line: SettlementLine) -> str:
    payout = (line.payout_reference or "-").replace(" ", "-")
    words = [line.kind, payout, line.gross, line.fee, line.net, line.currency, line.reference or "-"]
    words += [line.occurred_on]
    if line.original_amount is not None:
        words += [line.original_amount, line.original_currency]
    return " ".join(map(str, words))


def test_every_profile_has_a_sample() -> None:
    assert (
        sorted(profile.profile_code for profile in PROFILES)
        == sorted(EXPECTED)
        == sorted(path.stem for path in SAMPLES.iterdir())
    )


@pytest.mark.parametrize("code", EXPECTED)
def test_lines_by_hand(code: str) -> None:
    found = lines(sample(code))
    assert {line.profile_code for line in found} == {code}
    assert [told(line) for line in found] == [text.strip() for text in EXPECTED[code].strip().splitlines()]


@pytest.mark.parametrize("code", PAYOUTS)
def test_a_payout_is_its_lines_to_the_cent(code: str) -> None:
    found = [line for line in lines(sample(code)) if line.kind not in ("payout", "unsettled")]
    payout = next(line.payout_reference for line in found if line.payout_reference)
    net = sum(line.net for line in found if line.payout_reference == payout)
    assert str(net) == PAYOUTS[code]
    stated = [-line.net for line in lines(sample(code)) if line.kind == "payout"]
    assert stated in ([], [net])


def test_a_moment_has_the_zone_that_the_report_says() -> None:
    late = lines(sample("paypal_activity"))[1]
    assert str(late.occurred_on) == "2026-03-03"
    assert str(late.occurred_at) == "2026-03-04 07:30:00+00:00"
    assert [str(line.balance) for line in lines(sample("paypal_activity"))][-2:] == ["0.00", "19.07"]


def test_the_path_names_the_merchant() -> None:
    path = "settlements/account=Shop-B/2026/march.csv"
    assert {line.merchant for line in lines(sample("shopify_payment_transactions"), path)} == {"Shop-B"}
    assert {line.merchant for line in lines(sample("adyen_settlement_details"), path)} == {"LampsEU"}


# As other computers write it


@pytest.mark.parametrize("code", EXPECTED)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_encodings_and_line_ends_change_nothing(code: str, encoding: str, end: str) -> None:
    assert lines(sample(code).replace("\n", end).encode(encoding)) == lines(sample(code))


def test_a_german_export_by_an_office_program() -> None:
    """Windows-1252, tabs, points between thousands, as a person saved it."""
    text = "\n".join(
        "\t".join(field.strip('"') for field in row.split('","'))
        for row in sample("paypal_activity_de").splitlines()
    )
    assert lines(text.encode("cp1252")) == lines(sample("paypal_activity_de"))


def test_decimal_commas_of_a_processor_that_has_points() -> None:
    text = sample("stripe_payout_reconciliation").replace('"Order 5001, express"', "Order 5001 express")
    comma = "\n".join(row.replace(".", "x").replace(",", ";").replace("x", ",") for row in text.splitlines())
    assert [line.net for line in lines(comma)] == [line.net for line in lines(text)]


def test_amounts_without_a_decisive_mark_have_the_profiles() -> None:
    """1,250 is a thousand where points are decimal marks, and the file does not say otherwise."""
    head, *_ = sample("shopify_payment_transactions").splitlines()
    row = '2026-03-02 12:07:45 +0100,charge,#1,,,paid,2026-03-05,1,2026-03-04,"1,250",0,"1,250",c,,,,EUR,'
    assert lines(f"{head}\n{row}\n")[0].net == 1250


def test_day_and_month_are_told_by_the_whole_file() -> None:
    """2 and 3 March, read month first, would be 3 February and 3 March; the 13th decides."""
    months_first = sample("paypal_activity")
    days_first = "\n".join(
        f'"{row[4:6]}/{row[1:3]}{row[6:]}' if row[1:3] == "03" else row for row in months_first.splitlines()
    )
    assert '"13/03/2026"' in days_first
    assert [line.occurred_on for line in lines(days_first)] == [
        line.occurred_on for line in lines(months_first)
    ]


def test_day_and_month_are_told_by_the_order_of_the_rows() -> None:
    head, first, *_ = sample("paypal_activity").splitlines()
    rows = [first.replace("03/02/2026", day) for day in ("01/02/2026", "05/02/2026", "03/03/2026")]
    assert [str(line.occurred_on) for line in lines("\n".join([head, *rows]))] == [
        "2026-02-01",
        "2026-02-05",
        "2026-03-03",
    ]
    unsure = refusal("\n".join([head, *rows[:2]]))
    assert "the day and the month of '01/02/2026 10:00:00' (line 2) may be either" in unsure.reason
    assert unsure.reason.endswith("put the file into a folder dates=mdy or dates=dmy")
    in_folder = [
        lines("\n".join([head, *rows[:2]]), f"settlements/dates={order}/x.csv") for order in ("mdy", "dmy")
    ]
    assert [str(found[1].occurred_on) for found in in_folder] == ["2026-05-02", "2026-02-05"]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("$1,234.50", "1234.50"),
        ("-$4.00", "-4.00"),
        ("($4.00)", "-4.00"),
        ("4.00-", "-4.00"),
        ("\u22124.00", "-4.00"),
        ("$ .50", "0.50"),
        ("1'234.50", "1234.50"),
        ("1\u202f234.50", "1234.50"),
    ],
)
def test_amounts_as_they_are_written(text: str, amount: str) -> None:
    rows = sample("square_transactions").replace("03/02/2026", "03/13/2026").splitlines()[:2]
    rows[1] = rows[1].replace('"$1,170.00",Point', f'"{text}",Point').replace("-$30.52", "0")
    rows[1] = rows[1].replace('"$1,139.48"', f'"{text}"')
    assert str(lines("\n".join(rows))[0].gross) == amount


@pytest.mark.parametrize(
    ("sign", "path", "currency"),
    [
        ("¥", None, "JPY"),
        ("CA$", None, "CAD"),
        ("A$", "settlements/currency=USD/x.csv", "AUD"),
        ("$", "settlements/currency=cad/x.csv", "CAD"),
        ("", "settlements/currency=JPY/x.csv", "JPY"),
        ("$", None, "USD"),
    ],
)
def test_currency_that_no_column_says(sign: str, path: str | None, currency: str) -> None:
    found = lines(sample("square_transactions").replace("$", sign), path)
    assert {line.currency for line in found} == {currency}


def test_sign_of_two_currencies_is_of_the_one_that_the_column_says() -> None:
    report = sample("stripe_payouts").replace("usd", "cny").replace(",96.22", ",¥96.22")
    assert lines(report)[0].currency == "CNY"
    assert "is not in KRW" in str(refusal(report.replace("cny", "krw")))


def test_pounds_are_pounds_where_the_profile_has_dollars() -> None:
    assert {line.currency for line in lines(sample("square_transactions").replace("$", "£"))} == {"GBP"}


# What is refused


@pytest.mark.parametrize(
    ("code", "old", "new", "reason", "position"),
    [
        (
            "stripe_payout_reconciliation",
            "1213.50",
            "1213.51",
            "come to 1213.50, not to the net of 1213.51",
            "2",
        ),
        ("shopify_payment_transactions", ",1.40,44.60", ",-1.40,44.60", "see fee_sign of shopify", "3"),
        ("adyen_settlement_details", ",45.20,1.10", ",45.20", "the row has 23 columns, the header 24", "3"),
        ("adyen_settlement_details", "visa,2026-03-02", "visa,2026-13-02", "is not a date", "2"),
        ("stripe_balance_history", ",usd,2026-03-06", ",us,2026-03-06", "'US' is not a currency code", "3"),
        ("stripe_balance_history", "-2.00,0.00", "-2,00;0.00", "", "3"),
        ("stripe_balance_history", "118.00", "1180000000000000.00", "more than 15 digits", "5"),
        ("stripe_balance_history", "txn_f1", "", "nothing that tells it from others", "3"),
        ("paypal_settlement_report", '"CR","12500"', '"CR","125.00"', "is not an amount in minor units", "5"),
        ("paypal_settlement_report", '"CR","12500"', '"XX","12500"', "neither debit nor credit", "5"),
        ("square_transactions", "$30.52", "€30.52", "is not in", "2"),
        ("paypal_activity_de", "-28,21", "-28.21", "both decimal marks", None),
        ("stripe_payout_reconciliation", ",net,", ",net_amount,", "nearest is stripe_payout", "1"),
        ("stripe_balance_history", ",Transfer,", ",,", "without 'transfer'", "1"),
    ],
)
def test_refused_with_value_and_position(
    code: str, old: str, new: str, reason: str, position: str | None
) -> None:
    content = sample(code).replace(old, new, 1)
    assert content != sample(code)
    refused = refusal(content)
    assert reason in refused.reason
    assert refused.position == (position and f"line {position}")


@pytest.mark.parametrize("code", ["paypal_settlement_report", "stripe_balance_history", "paypal_activity_de"])
def test_rows_above_the_header_are_not_passed_over(code: str) -> None:
    lines = sample(code).splitlines(keepends=True)
    header = next(at for at, line in enumerate(lines) if '"CH"' in line) if "settlement" in code else 0
    lines.insert(header, lines.pop(header + 1))
    refused = refusal("".join(lines))
    assert "a row of the table stands above its header" in refused.reason
    assert refused.position == f"line {header + 1}"


UNKNOWN = {
    "Type;Transaction ID;Payout ID;Merchant reference;Date;Gross;Fee;Net;Currency\n"
    "Sale;T1;P1;SO-1;2026-01-15 10:00:00;100,00;2,50;97,50;EUR\n"
    "Return fee;T2;P1;;2026-01-15 11:00:00;0,00;1,00;-1,00;EUR\n": [
        ("sale", "100.00", "-2.50", "97.50", "SO-1"),
        ("fee", "0.00", "-1.00", "-1.00", None),
    ],
    "Report of ACME\nTransaction ID,Date,Transaction type,Total,Fee,Payout,Payout date\n"
    "T1,2026-01-15 10:00,Payment,12.00,-0.20,11.80,2026-01-17\n"
    "T2,2026-01-16 10:00,Dispute,-12.00,0.00,-12.00,2026-01-17\n": [
        ("sale", "12.00", "-0.20", "11.80", None),
        ("chargeback", "-12.00", "0", "-12.00", None),
    ],
    "Date,Currency,Amount,ID,Description,Settlement reference\n15/01/2026,EUR,10.00,tr_1,Order 1,ST.1\n": [
        ("sale", "10.00", "0", "10.00", None)
    ],
    # What failed has an amount like any other.
    "Date,Transaction ID,Type,Status,Currency,Total,Fee,Payout ID\n"
    "2026-01-10 10:00,T1,Sale,Successful,GBP,20.00,0.34,P\n"
    "2026-01-10 11:00,T2,Sale,Failed,GBP,99.00,0.00,\n2026-01-10 12:00,T3,Sale,Cancelled,GBP,9.00,0.00,\n": [
        ("sale", "20.00", "-0.34", "19.66", None),
        ("unsettled", "99.00", "0", "99.00", None),
        ("unsettled", "9.00", "0", "9.00", None),
    ],
    "type,capture_id,order_id,sale_date,currency_code,amount,payout_date\n"
    "SALE,c1,k1,2026-01-08T10:00:00Z,SEK,1000.00,2026-01-13\n"
    "FEE,c1,k1,2026-01-08T10:00:00Z,SEK,-32.00,2026-01-13\n": [
        ("sale", "1000.00", "0", "1000.00", "k1"),
        ("fee", "-32.00", "0", "-32.00", "k1"),
    ],
}


@pytest.mark.parametrize("text", UNKNOWN)
def test_row_that_the_refusal_proposes_reads_the_report(text: str, tmp_path: Path) -> None:
    refused = refusal(text.encode())
    told, _, proposed = refused.reason.rpartition("collect again: ")
    assert "fill processor and bank_words and check kinds" in told
    row = dict(zip(COLUMNS, next(csv.reader([proposed])), strict=True))
    row |= {"processor": "new", "bank_words": "NEW"}
    if not row["currency"]:
        assert "and fill fixed_currency" in told
        row["fixed_currency"] = "EUR"
    seed = tmp_path / "profiles.csv"
    with seed.open("w", newline="") as file:
        csv.writer(file).writerows([COLUMNS, row.values()])
    found = list(read_settlement(io.BytesIO(text.encode()), load_settlement_profiles(seed)))
    lines = [(line.kind, str(line.gross), str(line.fee), str(line.net), line.reference) for line in found]
    assert lines == UNKNOWN[text]
    assert ("check fee_sign" in told) == ("Fee;Net" not in text and "Fee,Payout," not in text)
    assert ("check unsettled_words, of 'Successful', 'Failed', 'Cancelled'" in told) == ("Status" in text)


# What the lines must come to: reference of the transaction, kind, gross, fee and net.
MORE_UNKNOWN = {
    "a debit and a credit beside an amount without a sign": (
        "entity_id,type,debit,credit,amount,currency,fee,created_at,settlement_id,payment_id\n"
        "pay_1,payment,0,97.50,100.00,INR,2.50,15/01/2026 10:00:00,setl_1,pay_1\n"
        "rf_1,refund,40.00,0,40.00,INR,0,16/01/2026 10:00:00,setl_1,pay_1\n",
        [("pay_1", "sale", "100.00", "-2.50", "97.50"), ("rf_1", "refund", "-40.00", "0", "-40.00")],
    ),
    "a net without taxes beside the payout": (
        "Date,Transaction ID,Type,Currency,Total,Net,Tax,Fee,Payout,Payout ID\n"
        "2026-01-15 10:00:00,T1,Sale,EUR,100.00,80.00,20.00,1.50,98.50,7\n",
        [("T1", "sale", "100.00", "-1.50", "98.50")],
    ),
    "no column of types, and a text of each line's own": (
        "Date,Currency,Amount,ID,Description,Settlement amount,Settlement reference\n"
        "2026-01-15 10:00:00,EUR,100.00,tr_1,Order 77,100.00,ST.1\n"
        "2026-01-16 10:00:00,EUR,-20.00,re_1,Shirt 78,-20.00,ST.1\n",
        [("tr_1", "sale", "100.00", "0", "100.00"), ("re_1", "sale", "-20.00", "0", "-20.00")],
    ),
    "fees in several columns, dashes for nothing and months in words": (
        "Transaction creation date,Type,Order number,Net amount,Payout currency,Payout ID,Transaction ID,"
        "Fixed,Variable,Gross transaction amount\n"
        '"Jan 15, 2026",Order,11-1,87.00,GBP,P,T1,-0.30,-12.70,100.00\n'
        '"Jan 16, 2026",Claim,11-2,-20.00,GBP,P,T2,--,--,--\n',
        [("T1", "sale", "87.00", "0", "87.00"), ("T2", "adjustment", "-20.00", "0", "-20.00")],
    ),
    "events with their links": (
        "id,created_at,resource_type,links.payout,payments.amount,payments.reference,currency,net_amount,fee\n"
        "EV1,2026-01-15T10:00:00.250Z,payments,PO1,100.00,INV77,GBP,99.00,1.00\n",
        [("EV1", "sale", "100.00", "-1.00", "99.00")],
    ),
}


@pytest.mark.parametrize("name", MORE_UNKNOWN)
def test_row_that_the_refusal_proposes_has_the_right_amounts(name: str, tmp_path: Path) -> None:
    text, expected = MORE_UNKNOWN[name]
    proposed = refusal(text.encode()).reason.rpartition("collect again: ")[2]
    row = dict(zip(COLUMNS, next(csv.reader([proposed])), strict=True))
    seed = tmp_path / "profiles.csv"
    with seed.open("w", newline="") as file:
        csv.writer(file).writerows([COLUMNS, (row | {"processor": "new", "bank_words": "NEW"}).values()])
    found = list(read_settlement(io.BytesIO(text.encode()), load_settlement_profiles(seed)))
    assert [
        (line.transaction_reference, line.kind, str(line.gross), str(line.fee), str(line.net))
        for line in found
    ] == expected


@pytest.mark.parametrize("text", ["hello\nworld\n", "Date,ID,Type\n1,2,3\n", 'Date,ID,"Type\n', "\n,\n"])
def test_what_says_too_little_gets_no_row(text: str) -> None:
    assert refusal(text.encode()).reason.endswith("settlement_profiles.csv, and collect again")


def test_both_orders_of_day_and_month_in_one_file_are_refused() -> None:
    content = sample("paypal_activity").replace('"03/02/2026"', '"22/02/2026"')
    assert "day and month in both orders" in refusal(content).reason


def test_a_type_that_no_pattern_has_is_named() -> None:
    known = [profile._replace(kinds="charge=sale|payout=payout|stripe_fee=fee") for profile in PROFILES]
    with pytest.raises(UnreadableFile, match=r"the type 'refund' is none.*add it to kinds of stripe_balance"):
        list(read_settlement(io.BytesIO(sample("stripe_balance_history").encode()), known))


@pytest.mark.parametrize(
    ("column", "value", "problem"),
    [
        ("kinds", "charge=sales", "kinds must be type=kind"),
        ("kinds", "", "kinds is missing"),
        ("fee_sign", "positive", "fee_sign is none of"),
        ("fee_sign", "by_net", "fee_sign by_net needs gross"),
        ("line_type", "", "line_type is missing"),
        ("amount_unit", "", "amount_unit is neither"),
        ("net", "", "gross and fee, or net"),
        ("currency", "", "currency or fixed_currency"),
        ("payout_reference", "", "payout_reference must be given"),
        ("time_zone", "Moon", "time_zone is unknown"),
    ],
)
def test_a_profile_that_is_wrong_is_named(tmp_path: Path, column: str, value: str, problem: str) -> None:
    header, *_ = landing.SETTLEMENT_PROFILES.read_text(encoding="utf-8").splitlines()
    assert header == ",".join(COLUMNS)
    profile = PROFILES[0]._replace(gross=None, **({column: value} if column != "net" else {"net": None}))
    (tmp_path / "profiles.csv").write_text(
        header + "\n" + ",".join(f'"{cell or ""}"' for cell in profile) + "\n", encoding="utf-8"
    )
    with pytest.raises(ValueError, match=f"profile {profile.profile_code}: {problem}"):
        load_settlement_profiles(tmp_path / "profiles.csv")


@pytest.mark.drawn
def test_damaged_reports_are_read_in_full_or_refused(tmp_path: Path) -> None:
    """What is read adds up: each line to its net, and all of them to what was counted."""
    contents = [path.read_bytes() for path in sorted(SAMPLES.iterdir())]
    files, accepted, count, total = times(200), 0, 0, Decimal(0)
    spool = Spool(tmp_path / "spool")
    for number in range(files):
        rng = random.Random(number)
        content = rng.choice(contents)
        for _ in range(rng.randint(1, 2)):
            content = rng.choice(MUTATIONS)(content, rng) or b" "
        spool.begin()
        started = time.process_time()
        try:
            counted = read_settlement_file(io.BytesIO(content), spool, f"file {number}", "load")
        except UnreadableFile as error:
            assert error.reason
            spool.rollback()
        except Exception as error:
            pytest.fail(f"mutant {number}: {type(error).__name__}: {error}")
        else:
            spool.commit()
            accepted, count, total = accepted + 1, count + counted.record_count, total + counted.amount_total
        assert time.process_time() - started < SECONDS, f"mutant {number}"
    spool.close()
    rows = [row for table in spool.tables("settlement_lines") for row in table.to_pylist()]
    assert all(row["gross"] + row["fee"] == row["net"] for row in rows)
    assert (len(rows), sum(row["net"] for row in rows)) == (count, total)
    assert 0 < accepted < files


def test_an_encoding_is_told_by_the_whole_report() -> None:
    header, line, *_ = sample("stripe_balance_history").splitlines()
    numbered = "".join(f"{line.replace('txn_p1', f'txn_{number}')}\n" for number in range(1_000))
    last = line.replace("STRIPE PAYOUT", "Café Zoë")
    found = lines(f"{header}\n{numbered}{last}\n".encode("cp1252"))
    assert (len(found), found[-1].memo) == (1_001, "Café Zoë")
