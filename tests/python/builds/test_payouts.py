"""A shop's payouts through the whole warehouse: the report, the bank's line, the orders in the books."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from dbt_runs import BANK, CLOSABLE, MODELS_ONLY, run_dbt, warehouse_of

from orchestration.close.business_date import freeze
from orchestration.settings import Settings

EURO, DOLLAR = "DE89370400440532013000", "0044127790"
ACCOUNTS = f"""gl_account,name,type,currency,bank_account
1810,Bank EUR,asset,EUR,{EURO}
1820,Bank USD,asset,USD,{DOLLAR}
6810,Fees,expense,EUR,
"""
STRIPE = (
    "automatic_payout_id,automatic_payout_effective_at,balance_transaction_id,created_utc,currency,gross,fee,net,"
    "reporting_category,source_id,description,payment_metadata[order_id]"
)
PAYPAL = "Date,Time,Type,Status,Gross,Fee,Net,Transaction ID,Invoice Number,Balance,TimeZone,Currency"
ADYEN = (
    "Merchant Account,Psp Reference,Merchant Reference,Creation Date,TimeZone,Type,Modification Reference,"
    "Gross Currency,Gross Debit (GC),Gross Credit (GC),Net Currency,Net Debit (NC),Net Credit (NC),"
    "Commission (NC),Batch Number"
)
SHOPIFY = "Transaction Date,Type,Order,Payout Status,Payout Date,Payout ID,Amount,Fee,Net,Checkout,Currency"
SQUARE = (
    "Date,Time,Time Zone,Total Collected,Fees,Net Total,Transaction ID,Payment ID,Event Type,Deposit ID,"
    "Deposit Date"
)

# What the books have: day of March, reference, amount, memo.
BOOKS = [
    # po_1AAA: two orders, a refund of an order that an earlier payout had, and fees.
    (2, "SO-1001", "100.00", ""),
    (2, "SO-1002", "250.00", ""),
    (3, "SO-0900", "-40.00", "refund"),
    # po_1BBB: a chargeback and a refund are more than the sale: a debit of the bank.
    (4, "SO-1003", "80.00", ""),
    (5, "SO-1003", "-80.00", "chargeback"),
    (5, "SO-1002", "-30.00", "refund"),
    # po_1CCC: one order is not in the books.
    (6, "SO-1004", "55.00", ""),
    # po_1DDD: the payout as one entry, under its id.
    (9, "", "47.00", "Stripe po_1DDD0004"),
    # po_1EEE: the fee is in the books, under the payout.
    (10, "SO-1006", "70.00", ""),
    (10, "po_1EEE0005", "-2.30", "Stripe fee"),
    # po_1FFF: orders behind their fee.
    (11, "SO-1007", "29.00", ""),
    (11, "SO-1008", "58.25", ""),
    # PayPal: a sale and a refund of one invoice; another sale.
    (3, "WC-1", "200.00", ""),
    (4, "WC-1", "-200.00", "refund"),
    (5, "WC-2", "120.00", ""),
    # Shopify: both orders of the same amount.
    (12, "#501", "60.00", ""),
    (12, "#502", "60.00", ""),
    # Somebody pays what a payout comes to.
    (3, "", "303.20", "Deposit Miller"),
]
# What the banks show: day of March, amount, text.
LINES = {
    EURO: [
        (4, "303.20", "STRIPE PAYOUT"),
        (4, "303.20", "MILLER DEPOSIT"),
        (6, "-47.57", "STRIPE DEBIT"),
        (9, "98.00", "STRIPE PAYOUT"),
        (10, "47.00", "STRIPE PAYOUT"),
        (11, "67.70", "STRIPE PAYOUT"),
        (12, "87.25", "STRIPE PAYOUT"),
        (12, "19.99", "STRIPE PAYOUT"),
        (9, "116.00", "PAYPAL EUROPE S.A.R.L."),
        (10, "96.50", "ADYEN N.V. TX871"),
        (16, "116.40", "SHOPIFY PAYMENTS"),
        (27, "1.00", "Interest"),
    ],
    DOLLAR: [(27, "5.00", "Interest")],
}
REPORTS = {
    "stripe.csv": [
        STRIPE,
        "po_1AAA0001,2026-03-04,t1,2026-03-02 10:00:00,eur,100.00,3.00,97.00,charge,ch_1,,SO-1001",
        "po_1AAA0001,2026-03-04,t2,2026-03-02 11:00:00,eur,250.00,3.80,246.20,charge,ch_2,,SO-1002",
        "po_1AAA0001,2026-03-04,t3,2026-03-03 11:00:00,eur,-40.00,0.00,-40.00,refund,re_1,,SO-0900",
        "po_1BBB0002,2026-03-06,t4,2026-03-04 10:00:00,eur,80.00,2.57,77.43,charge,ch_3,,SO-1003",
        "po_1BBB0002,2026-03-06,t5,2026-03-05 10:00:00,eur,-80.00,15.00,-95.00,dispute,du_1,,SO-1003",
        "po_1BBB0002,2026-03-06,t6,2026-03-05 11:00:00,eur,-30.00,0.00,-30.00,refund,re_2,,SO-1002",
        "po_1CCC0003,2026-03-09,t7,2026-03-06 10:00:00,eur,55.00,1.00,54.00,charge,ch_4,,SO-1004",
        "po_1CCC0003,2026-03-09,t8,2026-03-06 11:00:00,eur,45.00,1.00,44.00,charge,ch_5,,SO-1005",
        "po_1DDD0004,2026-03-10,t9,2026-03-08 11:00:00,eur,50.00,3.00,47.00,charge,ch_6,,SO-1010",
        "po_1EEE0005,2026-03-11,t10,2026-03-10 11:00:00,eur,70.00,2.30,67.70,charge,ch_7,,SO-1006",
        "po_1FFF0006,2026-03-12,t11,2026-03-11 11:00:00,eur,30.00,1.00,29.00,charge,ch_8,,SO-1007",
        "po_1FFF0006,2026-03-12,t12,2026-03-11 12:00:00,eur,60.00,1.75,58.25,charge,ch_9,,SO-1008",
    ],
    # PayPal's payout spreads over two downloads, which overlap; what was pending is completed in the second.
    "dates=mdy/paypal-1.csv": [
        PAYPAL,
        "03/03/2026,10:00:00,Website Payment,Completed,200.00,-6.00,194.00,P1,WC-1,194.00",
        "03/04/2026,10:00:00,Payment Refund,Completed,-200.00,6.00,-194.00,P2,WC-1,0.00",
        "03/05/2026,10:00:00,Website Payment,Pending,120.00,-4.00,116.00,P3,WC-2,0.00",
    ],
    "dates=mdy/paypal-2.csv": [
        PAYPAL,
        "03/04/2026,10:00:00,Payment Refund,Completed,-200.00,6.00,-194.00,P2,WC-1,0.00",
        "03/05/2026,10:00:00,Website Payment,Completed,120.00,-4.00,116.00,P3,WC-2,116.00",
        "03/07/2026,10:00:00,General Withdrawal,Completed,-116.00,0.00,-116.00,P4,,0.00",
        "03/17/2026,10:00:00,Website Payment,Completed,10.00,-0.50,9.50,P5,WC-3,9.50",
    ],
    # The lines come to a cent more than the report says was paid out.
    "adyen.csv": [
        ADYEN,
        "Lamps,88161,ORD-1,2026-03-06 10:00:00,CET,Settled,,EUR,,100.00,EUR,,96.51,3.49,17",
        "Lamps,,,2026-03-09 10:00:00,CET,MerchantPayout,,,,,EUR,96.50,,,17",
    ],
    "shopify-1.csv": [
        SHOPIFY,
        "2026-03-12 10:00:00 +0100,charge,#501,paid,2026-03-16,777001,60.00,1.80,58.20,c1,EUR",
        "2026-03-12 11:00:00 +0100,charge,#502,paid,2026-03-16,777001,60.00,9.90,50.10,c2,EUR",
    ],
    # Delivered again, with one fee corrected.
    "shopify-2.csv": [
        SHOPIFY,
        "2026-03-12 10:00:00 +0100,charge,#501,paid,2026-03-16,777001,60.00,1.80,58.20,c1,EUR",
        "2026-03-12 11:00:00 +0100,charge,#502,paid,2026-03-16,777001,60.00,1.80,58.20,c2,EUR",
    ],
    "square.csv": [
        SQUARE,
        "03/13/2026,2:30:00 PM,EST,$50.00,-$1.50,$48.50,TX1,PM1,Payment,SQD1,03/14/2026",
        "03/13/2026,3:30:00 PM,EST,$20.00,$0.00,$20.00,TX2,PM2,Payment,,",
    ],
}


def mt940(account: str, currency: str, lines: list[tuple[int, str, str]]) -> str:
    def money(amount: Decimal) -> str:
        return str(abs(amount)).replace(".", ",")

    balance = Decimal("1000.00")
    text = [":20:S", f":25:{account}", ":28C:1/1", f":60F:C260301{currency}{money(balance)}"]
    for day, amount, memo in sorted(lines):
        mark = "D" if amount.startswith("-") else "C"
        text += [f":61:2603{day:02}03{day:02}{mark}{money(Decimal(amount))}NTRFNONREF", f":86:{memo}"]
        balance += Decimal(amount)
    return "\r\n".join([*text, f":62F:C260331{currency}{money(balance)}", "-", ""])


def journal() -> str:
    rows = [
        "entry_id,line_no,posted_on,gl_account,amount,currency,reference,counterparty,memo,document_type,"
        "recorded_at"
    ]
    for number, (day, reference, amount, memo) in enumerate(BOOKS):
        on = f"2026-03-{day:02}"
        for line, (account, signed) in enumerate((("1810", Decimal(amount)), ("6810", -Decimal(amount)))):
            fields = [
                f"E{number}",
                line + 1,
                on,
                account,
                signed,
                "EUR",
                reference,
                "",
                memo,
                "",
                f"{on}T12:00:00",
            ]
            rows.append(",".join(map(str, fields)))
    return "\n".join(rows) + "\n"


def deliver(landing: Path, reports: dict[str, list[str]]) -> None:
    """Put the books, the statements and these reports into a landing zone."""
    for name in ("bank", "ledger", "settlements/dates=mdy"):
        (landing / name).mkdir(parents=True, exist_ok=True)
    (landing / "ledger" / "accounts.csv").write_text(ACCOUNTS)
    (landing / "ledger" / "journal_lines.csv").write_text(journal())
    for account, lines in LINES.items():
        currency = "EUR" if account == EURO else "USD"
        (landing / "bank" / f"{account}.sta").write_text(mt940(account, currency, lines))
    for name, (head, *body) in reports.items():
        rows = [f"{row},CET,EUR" for row in body] if head == PAYPAL else body
        (landing / "settlements" / name).write_text("\n".join([head, *rows]) + "\n")


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    zone = tmp_path_factory.mktemp("payouts")
    deliver(zone / "landing", REPORTS)
    run_dbt("build", "--exclude-resource-type", "unit_test", *BANK, zone=zone, landing=zone / "landing")
    with duckdb.connect(str(warehouse_of(zone)), read_only=True) as connection:
        yield connection


@pytest.mark.parametrize(
    ("payout", "status", "net", "received"),
    [
        ("po_1AAA0001", "proved", "303.20", "303.20"),
        ("po_1BBB0002", "proved", "-47.57", "-47.57"),
        ("po_1CCC0003", "proved", "98.00", "98.00"),
        ("po_1DDD0004", "proved", "47.00", "47.00"),
        ("po_1EEE0005", "proved", "67.70", "67.70"),
        ("po_1FFF0006", "proved", "87.25", "87.25"),
        ("P4", "proved", "116.00", "116.00"),
        ("Lamps 17", "contradictory", "96.51", "96.50"),
        ("777001", "proved", "116.40", "116.40"),
        ("SQD1", "overdue", "48.50", None),
        (None, "no_report", "0", "19.99"),
    ],
)
def test_a_payout_and_its_line(
    marts: duckdb.DuckDBPyConnection, payout: str | None, status: str, net: str, received: str | None
) -> None:
    assert marts.execute(
        "select status, net_amount, received_amount from marts.fct_payouts"
        " where payout_reference is not distinct from ?",
        [payout],
    ).fetchall() == [(status, Decimal(net), received and Decimal(received))]


@pytest.mark.parametrize(
    ("line", "rule", "books", "difference"),
    [
        ("303.20", "payout", "310.00", "-6.80"),
        ("-47.57", "payout", "-30.00", "-17.57"),
        ("47.00", "memo_reference", "47.00", "0"),
        ("67.70", "payout", "67.70", "0"),
        ("87.25", "payout", "87.25", "0"),
        ("116.00", "payout", "120.00", "-4.00"),
        ("116.40", "payout", "120.00", "-3.60"),
    ],
)
def test_orders_are_matched_and_the_rest_is_the_fee(
    marts: duckdb.DuckDBPyConnection, line: str, rule: str, books: str, difference: str
) -> None:
    found = marts.execute(
        """
        select matches.rule_code, matches.ledger_amount, matches.difference, matches.difference_kind
        from marts.fct_payouts as payouts
        inner join marts.fct_reconciliation_items as items on payouts.statement_line_id = items.item_id
        inner join marts.fct_matches as matches on items.match_id = matches.match_id
        where payouts.received_amount = ?
        """,
        [Decimal(line)],
    ).fetchall()
    kind = "fee" if Decimal(difference) else None
    assert found == [(rule, Decimal(books), Decimal(difference), kind)]


def test_each_fee_is_proposed_once(marts: duckdb.DuckDBPyConnection) -> None:
    proposed = marts.execute(
        "select amount, posting_on::varchar from marts.fct_proposed_journal_entries"
        " where purpose = 'fee' and gl_account = '6810' order by 2, 1"
    ).fetchall()
    assert proposed == [
        (Decimal("6.80"), "2026-03-04"),
        (Decimal("17.57"), "2026-03-06"),
        (Decimal("4.00"), "2026-03-09"),
        (Decimal("3.60"), "2026-03-16"),
    ]


def test_what_stays_open_says_why(marts: duckdb.DuckDBPyConnection) -> None:
    open_lines = marts.execute(
        """
        select items.amount, explanations.failed_condition, explanations.explanation
        from marts.fct_match_explanations as explanations
        inner join marts.fct_reconciliation_items as items using (item_id)
        inner join marts.fct_payouts as payouts on items.item_id = payouts.statement_line_id
        where items.match_id is null
        order by items.amount
        """
    ).fetchall()
    assert [row[:2] for row in open_lines] == [
        (Decimal("19.99"), "no_report"),
        (Decimal("96.50"), "payout_differs"),
        (Decimal("98.00"), "payout_incomplete"),
    ]
    assert open_lines[2][2].endswith("the books lack 1 line: SO-1005 of 45.00")
    assert "Lamps 17 has lines of 96.51" in open_lines[1][2]


def test_only_what_is_wrong_is_red(marts: duckdb.DuckDBPyConnection) -> None:
    reds = marts.execute(
        "select control_code, scope, expected, actual from marts.fct_control_totals"
        " where status = 'red' order by 1, 2"
    ).fetchall()
    assert reds == [
        ("payout_proof", "payout adyen Lamps 17 of Lamps", Decimal("96.50"), Decimal("96.51")),
        ("payout_received", "payout square SQD1", Decimal("48.50"), Decimal("0")),
    ]


def test_what_came_twice_counts_once_and_is_named(marts: duckdb.DuckDBPyConnection) -> None:
    found = marts.execute(
        "select processor, disposition, count(*) from marts.fct_payout_lines group by 1, 2 order by 1, 2"
    ).fetchall()
    assert found == [
        ("adyen", "kept", 2),
        ("paypal", "kept", 4),
        ("paypal", "not_paid_out", 1),
        ("paypal", "superseded", 2),
        ("shopify", "kept", 2),
        ("shopify", "superseded", 2),
        ("square", "kept", 1),
        ("square", "not_paid_out", 1),
        ("stripe", "kept", 12),
    ]


def test_a_report_may_come_after_the_close(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line is closed as open; with its report it is matched on the first open date, and nothing moves."""
    landing = tmp_path / "landing"
    models = ["build", *MODELS_ONLY, *CLOSABLE, "+fct_tampering"]
    deliver(landing, {})
    monkeypatch.setenv("TIEOUT_BUSINESS_DATE", "2026-03-05")
    run_dbt(*models, zone=tmp_path, landing=landing)
    settings = replace(
        Settings.from_environment(),
        landing=landing,
        lake=tmp_path / "lake",
        warehouse=warehouse_of(tmp_path),
        ledger_url=None,
    )
    freeze(settings, datetime.date(2026, 3, 5), "controller")
    monkeypatch.delenv("TIEOUT_BUSINESS_DATE")
    deliver(landing, {"stripe.csv": REPORTS["stripe.csv"]})
    run_dbt(*models, zone=tmp_path, landing=landing)
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        assert connection.execute(
            """
            select matched.rule_code, matched.difference_kind, items.cleared_on::varchar
            from marts.fct_payouts as payouts
            inner join marts.fct_reconciliation_items as items on payouts.statement_line_id = items.item_id
            inner join intermediate.int_items_matched as matched on items.item_id = matched.item_id
            where payouts.payout_reference = 'po_1AAA0001'
            """
        ).fetchall() == [("payout", "fee", "2026-03-06")]
        assert connection.execute("select count(*) from marts.fct_tampering").fetchone() == (0,)
