"""Statements that name, date or state the same lines differently: each line once, or a red control.

And what a statement begins with: its opening balance and what was outstanding then; lines of zero; Saturdays.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from dbt_runs import BANK, CLOSABLE, MODELS_ONLY, run_dbt, warehouse_of

from orchestration.close.business_date import freeze
from orchestration.settings import Settings

CSV_HEADER = (
    "Account Number,Currency,Posting Date,Value Date,Amount,Reference,Bank Reference,"
    "Counterparty,Description,Running Balance"
)
DECISIONS_HEADER = "decision_id,decision,subjects,reason,decided_by,decided_at,until_on"
ACCOUNTS = (
    "DAILY",
    "SHIFTED",
    "RENUMBERED",
    "TWINS",
    "MISSING",
    "MIDDAY",
    "SWEPT",
    "BARE",
    "CORRECTED",
    "UNDECIDED",
    "OPENED",
    "SPENT",
    "LISTED",
    "UNLISTED",
    "DUE",
    "ZERO",
)
LEDGER_HEADER = (
    "entry_id,line_no,posted_on,gl_account,amount,currency,"
    "reference,counterparty,memo,document_type,recorded_at"
)


def mt940(
    account: str, number: int, day: str, opening: int, *lines: tuple[int, str], missing: int = 0
) -> str:
    """One MT940 statement of one day of January 2026: a line per amount and text, and a missing one."""
    texts = [
        f":61:2601{day}01{day}{'C' if amount > 0 else 'D'}{abs(amount)},00NTRFNONREF\r\n:86:{text}"
        for amount, text in lines
    ]
    closing = opening + sum(amount for amount, _ in lines) + missing
    balances = [f"C2601{day}EUR{balance},00" for balance in (opening, closing)]
    parts = [f":20:S{number}", f":25:{account}", f":28C:{number}", f":60F:{balances[0]}", *texts]
    return "\r\n".join([*parts, f":62F:{balances[1]}", "-", ""])


def download(account: str, opening: int | None, *lines: tuple[str, int, str, str]) -> str:
    """A CSV of day of January 2026, amount, bank's reference and text; an opening of none has no balances."""
    rows, balance = [CSV_HEADER], opening
    for day, amount, bank_reference, text in lines:
        date = f"01/{day}/2026"
        if balance is not None:
            balance += amount
        rows.append(
            f"{account},EUR,{date},{date},{amount}.00,,{bank_reference},,{text},"
            f"{'' if balance is None else f'{balance}.00'}"
        )
    return "\n".join([*rows, ""])


def ofx(account: str, first: str, last: str, closing: int, *lines: tuple[str, int, str]) -> str:
    """An OFX statement with a line per day of January 2026, amount and FITID."""
    listed = "".join(
        f"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>202601{day}<TRNAMT>{amount}.00<FITID>{fitid}<NAME>Taxi</STMTTRN>\n"
        for day, amount, fitid in lines
    )
    return (
        "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\n"
        "COMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n"
        "<OFX><BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS><CURDEF>EUR"
        f"<BANKACCTFROM><BANKID>1<ACCTID>{account}<ACCTTYPE>CHECKING</BANKACCTFROM>"
        f"<BANKTRANLIST><DTSTART>202601{first}<DTEND>202601{last}\n{listed}</BANKTRANLIST>"
        f"<LEDGERBAL><BALAMT>{closing}.00<DTASOF>202601{last}</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )


def files() -> dict[str, str]:
    """The bank's files by name."""
    return {
        # Three daily statements, and a download of the same days with other references and texts.
        "daily-5.sta": mt940("DAILY", 1, "05", 1000, (150, "Invoice 7"), (-60, "Parking")),
        "daily-6.sta": mt940("DAILY", 2, "06", 1090, (-50, "Canteen"), (-50, "Canteen")),
        "daily-7.sta": mt940("DAILY", 3, "07", 990, (5, "Interest")),
        "daily.csv": download(
            "DAILY",
            1000,
            ("05", 150, "D1", "Credit transfer Kranich"),
            ("05", -60, "D2", "Stadt Halm"),
            ("06", -50, "D3", "Card"),
            ("06", -50, "D4", "Card"),
            ("07", 5, "D5", "Interest"),
        ),
        # The second download books the deposit a day later, under another reference.
        "shifted-1.csv": download("SHIFTED", 1000, ("05", -40, "S1", "Kiosk"), ("07", 300, "S2", "Deposit")),
        "shifted-2.csv": download(
            "SHIFTED",
            1000,
            ("05", -40, "S1", "Kiosk"),
            ("08", 300, "S9", "Deposit"),
            ("09", -10, "S3", "Stamps"),
        ),
        # Every download numbers its lines anew; the second shows two of three equal amounts again.
        "renumbered-1.ofx": ofx("RENUMBERED", "05", "07", 900, ("06", -50, "1"), ("06", -50, "2")),
        "renumbered-2.ofx": ofx(
            "RENUMBERED", "06", "08", 850, ("06", -50, "11"), ("06", -50, "12"), ("08", -50, "13")
        ),
        # Two payments alike, in two statements that both show both of them.
        "twins-1.csv": download("TWINS", 1000, ("05", -50, "T1", "Canteen"), ("05", -50, "T2", "Canteen")),
        "twins-2.csv": download(
            "TWINS",
            1000,
            ("05", -50, "T1", "Canteen"),
            ("05", -50, "T2", "Canteen"),
            ("06", -20, "T3", "Shop"),
        ),
        # A line is missing, so what the repeated one makes is not the gap.
        "missing.sta": mt940("MISSING", 1, "05", 1000, (-50, "Taxi"), missing=-20),
        "missing.csv": download("MISSING", 1000, ("05", -50, "M1", "Ride")),
        # The first download was made at midday; the second shows the rest of that day.
        "midday-1.ofx": ofx("MIDDAY", "05", "06", 900, ("05", -50, "1"), ("06", -50, "2")),
        "midday-2.ofx": ofx("MIDDAY", "06", "07", 830, ("06", -50, "3"), ("07", -20, "4")),
        # In and out again: the balances are the same with these lines once and twice.
        "swept.sta": mt940("SWEPT", 1, "05", 0, (70, "In"), (-70, "Out")),
        "swept.csv": download("SWEPT", 0, ("05", 70, "W1", "Incoming"), ("05", -70, "W2", "Sweep")),
        # No balances at all.
        "bare-1.csv": download("BARE", None, ("05", -25, "B1", "Fuel"), ("06", -30, "B2", "Hotel")),
        "bare-2.csv": download("BARE", None, ("06", -30, "B9", "Hotel"), ("07", -35, "B3", "Train")),
        # The bank corrects a statement under its number.
        "corrected-1.sta": mt940("CORRECTED", 1, "05", 1000, (100, "Adler")),
        "corrected-2.sta": mt940("CORRECTED", 1, "05", 1000, (1000, "Adler")),
        "corrected-3.sta": mt940("CORRECTED", 2, "06", 2000, (-20, "Birk")),
        "opened.csv": download("OPENED", 4000, ("20", 15, "O1", "")).replace("15.00,,", "15.00,X-1,"),
        "spent.csv": download("SPENT", 3900, ("20", 15, "P1", "")).replace("15.00,,", "15.00,X-3,"),
        "listed.csv": download("LISTED", 10800, ("20", -500, "L1", "CHECK"), ("22", -300, "L2", "CHECK"))
        .replace("-500.00,,", "-500.00,100099,")
        .replace("-300.00,,", "-300.00,100100,"),
        "unlisted.csv": download("UNLISTED", 10800, ("20", -500, "N1", "CHECK"), ("22", -300, "N2", "CHECK")),
        "due.csv": download("DUE", 700, ("20", 1, "U1", "Interest"), ("23", 700, "U2", "Payment")),
        "zero.csv": download("ZERO", 0, ("30", 0, "Z1", "ACH PRENOTE"), ("31", 5, "Z2", "Saturday")),
        "undecided-1.sta": mt940("UNDECIDED", 1, "05", 1000, (100, "Adler")),
        "undecided-2.sta": mt940("UNDECIDED", 1, "05", 1000, (1000, "Adler")),
    }


def entries() -> list[str]:
    """Ledger lines of the accounts whose openings are tried."""
    opening = "opening_balance"
    lines = [
        # The books open weeks before the bank's first line.
        ("OPENED", "2026-01-01", 4000, "", opening),
        ("OPENED", "2026-01-20", 15, "X-1", ""),
        # What the bank paid before its first statement is in its opening balance.
        ("SPENT", "2026-01-01", 4000, "", ""),
        ("SPENT", "2026-01-08", -100, "X-2", ""),
        ("SPENT", "2026-01-20", 15, "X-3", ""),
        # The opening is the balance of the books; an entry lists what was outstanding, against its total.
        ("LISTED", "2026-01-01", 10000, "", opening),
        ("LISTED", "2026-01-02", 800, "", opening),
        ("LISTED", "2026-01-05", -500, "100099", "cheque"),
        ("LISTED", "2026-01-06", -300, "100100", "cheque"),
        # The same without a list.
        ("UNLISTED", "2026-01-01", 10000, "", opening),
        # A payment of the amount of the opening, that the bank shows, and no opening in the books.
        ("DUE", "2026-01-22", 700, "", ""),
        ("ZERO", "2026-01-29", 0, "100500", "cheque"),
    ]
    rows = [LEDGER_HEADER]
    for number, (account, posted_on, amount, reference, document_type) in enumerate(lines):
        cash, other = (
            f"{posted_on},{gl_account},{signed}.00,EUR,{reference},,,{document_type},{posted_on}T10:00:00Z"
            for gl_account, signed in ((1000 + ACCOUNTS.index(account), amount), (9000, -amount))
        )
        rows += [f"E{number},1,{cash}", f"E{number},2,{other}"]
    return [*rows, ""]


def statement_id(name: str) -> str:
    """The only statement of a file."""
    return f"{hashlib.sha256(files()[name].encode()).hexdigest()}-1"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    zone = tmp_path_factory.mktemp("disagree")
    landing = zone / "landing"
    for folder in ("bank", "ledger", "decisions"):
        (landing / folder).mkdir(parents=True)
    for name, text in files().items():
        (landing / "bank" / name).write_bytes(text.encode())
    chart = [f"{1000 + place},{name},asset,EUR,{name}" for place, name in enumerate(ACCOUNTS)]
    (landing / "ledger" / "accounts.csv").write_text(
        "\n".join(["gl_account,name,type,currency,bank_account", *chart, "9000,Other,equity,EUR,", ""])
    )
    (landing / "ledger" / "journal_lines.csv").write_text("\n".join(entries()))
    wrong, right = statement_id("corrected-1.sta"), statement_id("corrected-2.sta")
    decided = [
        f"D1,replace,{right} {wrong},a slip,ana,2026-01-07T09:00:00,",
        f"D2,replace,{wrong} {right},the bank corrected it,ana,2026-01-07T10:00:00,",
        f"D3,replace,{wrong} {statement_id('swept.sta')},another account,ana,2026-01-06T10:00:00,",
    ]
    (landing / "decisions" / "decided.csv").write_text("\n".join([DECISIONS_HEADER, *decided, ""]))
    run_dbt("build", *MODELS_ONLY, *BANK, zone=zone, landing=landing)
    with duckdb.connect(str(warehouse_of(zone)), read_only=True) as connection:
        yield connection


def amounts(warehouse: duckdb.DuckDBPyConnection, account: str) -> list[tuple[int, int]]:
    """Day of January and amount of every line that counts."""
    return warehouse.execute(
        """
        select cast(extract(day from statement_on) as integer), cast(amount as integer)
        from marts.fct_bank_statement_lines
        where account_id = ?
        order by all
        """,
        [account],
    ).fetchall()


def reds(warehouse: duckdb.DuckDBPyConnection, account: str) -> list[tuple[str, str, int, Decimal, str]]:
    """Control, measure, day of January, difference and words of every red control of an account."""
    return warehouse.execute(
        """
        select
            control_code, measure, cast(extract(day from business_date) as integer), difference, explanation
        from marts.fct_control_totals
        where status = 'red' and scope like ? || '%'
        order by all
        """,
        [account],
    ).fetchall()


@pytest.mark.parametrize(
    ("account", "lines"),
    [
        ("DAILY", [(5, -60), (5, 150), (6, -50), (6, -50), (7, 5)]),
        ("SHIFTED", [(5, -40), (7, 300), (9, -10)]),
        ("RENUMBERED", [(6, -50), (6, -50), (8, -50)]),
        ("TWINS", [(5, -50), (5, -50), (6, -20)]),
        ("CORRECTED", [(5, 1000), (6, -20)]),
    ],
)
def test_each_line_counts_once_and_nothing_is_red(
    warehouse: duckdb.DuckDBPyConnection, account: str, lines: list[tuple[int, int]]
) -> None:
    assert amounts(warehouse, account) == lines
    assert reds(warehouse, account) == []
    assert warehouse.execute(
        "select count(*) from intermediate.int_bank_balances where account_id = ? and gap_amount <> 0",
        [account],
    ).fetchone() == (0,)


def test_a_repeated_line_names_the_line_it_repeats(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert warehouse.execute(
        """
        select repeated.memo, kept.memo
        from intermediate.int_bank_statement_lines_classified as repeated
        inner join intermediate.int_bank_statement_lines_classified as kept
            on repeated.repeated_statement_line_id = kept.statement_line_id
        where repeated.disposition = 'repeated_line' and repeated.account_id = 'DAILY'
            and repeated.amount = -60 and kept.disposition = 'kept'
        """
    ).fetchall() in ([("Stadt Halm", "Parking")], [("Parking", "Stadt Halm")])


@pytest.mark.parametrize(
    ("account", "lines", "measure", "files_named"),
    [
        ("MISSING", 2, "amount", {"missing.sta", "missing.csv"}),
        ("MIDDAY", 4, "amount", {"midday-1.ofx", "midday-2.ofx"}),
        ("SWEPT", 4, "rows", {"swept.sta", "swept.csv"}),
        ("BARE", 4, "rows", {"bare-1.csv", "bare-2.csv"}),
        ("UNDECIDED", 2, "amount", {"undecided-1.sta", "undecided-2.sta"}),
    ],
)
def test_what_cannot_be_proved_stays_and_is_red(
    warehouse: duckdb.DuckDBPyConnection,
    account: str,
    lines: int,
    measure: str,
    files_named: set[str],
) -> None:
    assert len(amounts(warehouse, account)) == lines
    (found,) = [row for row in reds(warehouse, account) if row[0] == "statement_gap"]
    assert found[1] == measure
    assert all(name in found[4] for name in files_named)


def test_the_red_of_a_restated_statement_says_what_to_decide(warehouse: duckdb.DuckDBPyConnection) -> None:
    ((*_, words),) = reds(warehouse, "UNDECIDED")
    assert "decide replace " in words
    assert {statement_id(name) for name in ("undecided-1.sta", "undecided-2.sta")} == set(words.split()[-2:])


def test_decisions_to_replace(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert warehouse.execute(
        "select decision_id, outcome from marts.fct_decisions order by 1"
    ).fetchall() == [
        ("D1", "superseded"),
        ("D2", "applied"),
        ("D3", "superseded"),
    ]
    assert warehouse.execute(
        """
        select disposition from intermediate.int_bank_statements_classified
        where account_id = 'CORRECTED' order by closing_on, opening_balance + movements
        """
    ).fetchall() == [("replaced_statement",), ("kept",), ("kept",)]


def items(warehouse: duckdb.DuckDBPyConnection, account: str, condition: str) -> list[tuple]:
    """Side, amount, rule and the name of the difference of items of an account."""
    return warehouse.execute(
        f"""
        select items.side, cast(items.amount as integer), matches.rule_code, matches.difference_kind
        from marts.fct_reconciliation_items as items
        left join marts.fct_matches as matches on items.match_id = matches.match_id
        where items.account_id = ? and {condition}
        order by all
        """,
        [account],
    ).fetchall()


@pytest.mark.parametrize(
    ("account", "opening"),
    [
        ("OPENED", [("bank", 4000), ("ledger", 4000)]),
        ("SPENT", [("bank", 3900), ("ledger", -100), ("ledger", 4000)]),
        ("LISTED", [("bank", 10800), ("ledger", 800), ("ledger", 10000)]),
    ],
)
def test_the_books_opening_is_the_banks_however_far_apart(
    warehouse: duckdb.DuckDBPyConnection, account: str, opening: list[tuple[str, int]]
) -> None:
    assert [row[:2] for row in items(warehouse, account, "items.rule_code = 'opening'")] == opening
    assert items(warehouse, account, "items.match_id is null") == []


def test_what_a_list_names_as_outstanding_clears_item_by_item(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert warehouse.execute(
        """
        select cast(extract(day from as_of_on) as integer), cast(outstanding_payments as integer), difference
        from marts.fct_bank_reconciliations
        where account_id = 'LISTED' and as_of_on between '2026-01-19' and '2026-01-22' order by 1
        """
    ).fetchall()[1:] == [(20, -300, 0), (21, -300, 0), (22, 0, 0)]


def test_without_a_list_what_was_outstanding_is_one_named_difference(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert items(warehouse, "UNLISTED", "items.rule_code = 'opening'") == [
        ("bank", 10800, "opening", "opening_difference"),
        ("ledger", 10000, "opening", "opening_difference"),
    ]
    assert [row[:2] for row in items(warehouse, "UNLISTED", "items.match_id is null")] == [
        ("bank", -500),
        ("bank", -300),
        ("bank", 800),
    ]
    assert warehouse.execute(
        """
        select unbooked_bank_items, difference
        from marts.fct_bank_reconciliations where account_id = 'UNLISTED' order by as_of_on desc limit 1
        """
    ).fetchone() == (0, 0)
    assert warehouse.execute(
        "select count(*) from marts.fct_proposed_journal_entries where account_id = 'UNLISTED'"
    ).fetchone() == (0,)


def test_an_opening_is_never_matched_as_a_payment(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert items(warehouse, "DUE", "items.item_kind = 'opening_balance'") == [("bank", 700, None, None)]
    assert items(warehouse, "DUE", "items.amount = 700 and items.match_id is not null") == [
        ("bank", 700, "amount", None),
        ("ledger", 700, "amount", None),
    ]


def test_lines_of_zero_are_kept_and_never_a_break(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert amounts(warehouse, "ZERO") == [(30, 0), (31, 5)]
    assert warehouse.execute(
        """
        select items.side, items.is_break, explanations.failed_condition
        from marts.fct_reconciliation_items as items
        inner join marts.fct_match_explanations as explanations on items.item_id = explanations.item_id
        where items.account_id = 'ZERO' and items.amount = 0 order by 1
        """
    ).fetchall() == [("bank", False, "no_amount"), ("ledger", False, "no_amount")]


def test_a_month_end_on_a_saturday_has_its_reconciliation(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert warehouse.execute(
        """
        select is_business_day, balance_per_bank, difference
        from marts.fct_bank_reconciliations where account_id = 'ZERO' and as_of_on = '2026-01-31'
        """
    ).fetchall() == [(False, 5, 0)]


def test_no_reconciliation_leaves_a_difference(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert warehouse.execute(
        "select count(*) from marts.fct_bank_reconciliations where difference <> 0"
    ).fetchone() == (0,)


def test_a_replaced_statement_changes_no_closed_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    landing = tmp_path / "landing"
    names = ("corrected-1.sta", "corrected-2.sta", "corrected-3.sta")
    for folder in ("bank", "ledger", "decisions"):
        (landing / folder).mkdir(parents=True)
    (landing / "bank" / names[0]).write_bytes(files()[names[0]].encode())
    (landing / "ledger" / "accounts.csv").write_text(
        "gl_account,name,type,currency,bank_account\n1010,Corrected,asset,EUR,CORRECTED\n"
    )
    monkeypatch.setenv("TIEOUT_BUSINESS_DATE", "2026-01-05")
    run_dbt("build", *MODELS_ONLY, *CLOSABLE, zone=tmp_path, landing=landing)
    settings = replace(Settings.from_environment(), lake=tmp_path / "lake", warehouse=warehouse_of(tmp_path))
    freeze(settings, datetime.date(2026, 1, 5), "ana")
    for name in names[1:]:
        (landing / "bank" / name).write_bytes(files()[name].encode())
    (landing / "decisions" / "decided.csv").write_text(
        f"{DECISIONS_HEADER}\nD1,replace,{statement_id(names[0])} {statement_id(names[1])},"
        "the bank corrected it,ana,2026-01-07T10:00:00,\n"
    )
    monkeypatch.setenv("TIEOUT_BUSINESS_DATE", "2026-01-06")
    run_dbt("build", *MODELS_ONLY, *CLOSABLE, zone=tmp_path, landing=landing)
    with duckdb.connect(str(warehouse_of(tmp_path)), read_only=True) as warehouse:
        assert warehouse.execute(
            """
            select as_of_on, is_closed, cast(balance_per_bank as integer), difference
            from marts.fct_bank_reconciliations order by 1
            """
        ).fetchall() == [
            (datetime.date(2026, 1, 5), True, 1100, 0),
            (datetime.date(2026, 1, 6), False, 1980, 0),
        ]
        assert (
            warehouse.execute(
                "select control_code from marts.fct_control_totals where status = 'red'"
            ).fetchall()
            == []
        )
        assert warehouse.execute(
            """
            select item_kind, cast(amount as integer)
            from marts.fct_reconciliation_items where counted_on = '2026-01-06' order by all
            """
        ).fetchall() == [("change_after_close", -100), ("statement_line", -20), ("statement_line", 1000)]


def test_a_file_that_comes_again_under_its_name_has_controls_of_its_own(tmp_path: Path) -> None:
    """The bank corrects a statement and sends it under the name it had: both stand, and the bank is built."""
    file = tmp_path / "landing" / "bank" / "daily.sta"
    file.parent.mkdir(parents=True)
    for amount in (150, 140):
        file.write_text(mt940("DAILY", 1, "05", 1000, (amount, "Invoice 7")), newline="")
        run_dbt(
            *("build", "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious"),
            *("--select", "+int_controls_statements"),
            zone=tmp_path,
            landing=tmp_path / "landing",
        )
    with duckdb.connect(str(warehouse_of(tmp_path)), read_only=True) as warehouse:
        scopes = warehouse.execute(
            "select scope from intermediate.int_controls_statements"
            " where control_code = 'statement_proof' order by scope"
        ).fetchall()
    first = "DAILY bank/daily.sta statement 1"
    assert scopes == [(first,), (f"{first} of delivery 2",)]
