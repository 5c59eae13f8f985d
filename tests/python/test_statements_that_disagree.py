"""Statements that name, date or state the same lines differently: each line once, or a red control that says so."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from dbt_runs import MODELS_ONLY, run_dbt, warehouse_of

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
)


def mt940(account: str, number: int, day: str, opening: int, *lines: tuple[int, str], missing: int = 0) -> str:
    """One MT940 statement of one day of January 2026, with a line per amount and text, and a missing one."""
    texts = [
        f":61:2601{day}01{day}{'C' if amount > 0 else 'D'}{abs(amount)},00NTRFNONREF\r\n:86:{text}"
        for amount, text in lines
    ]
    closing = opening + sum(amount for amount, _ in lines) + missing
    balances = [f"C2601{day}EUR{balance},00" for balance in (opening, closing)]
    parts = [f":20:S{number}", f":25:{account}", f":28C:{number}", f":60F:{balances[0]}", *texts]
    return "\r\n".join([*parts, f":62F:{balances[1]}", "-", ""])


def download(account: str, opening: int | None, *lines: tuple[str, int, str, str]) -> str:
    """A CSV with a line per day of January 2026, amount, bank's reference and text; without balances for none."""
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
        # Every download numbers its lines anew; of three equal amounts the second shows two again and a new one.
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
        "undecided-1.sta": mt940("UNDECIDED", 1, "05", 1000, (100, "Adler")),
        "undecided-2.sta": mt940("UNDECIDED", 1, "05", 1000, (1000, "Adler")),
    }


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
        "\n".join(["gl_account,name,type,currency,bank_account", *chart, ""])
    )
    wrong, right = statement_id("corrected-1.sta"), statement_id("corrected-2.sta")
    decided = [
        f"D1,replace,{right} {wrong},a slip,ana,2026-01-07T09:00:00,",
        f"D2,replace,{wrong} {right},the bank corrected it,ana,2026-01-07T10:00:00,",
        f"D3,replace,{wrong} {statement_id('swept.sta')},another account,ana,2026-01-06T10:00:00,",
    ]
    (landing / "decisions" / "decided.csv").write_text("\n".join([DECISIONS_HEADER, *decided, ""]))
    run_dbt("build", *MODELS_ONLY, zone=zone, landing=landing)
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
        select control_code, measure, cast(extract(day from business_date) as integer), difference, explanation
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
        "select count(*) from intermediate.int_bank_balances where account_id = ? and gap_amount <> 0", [account]
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
    assert warehouse.execute("select decision_id, outcome from marts.fct_decisions order by 1").fetchall() == [
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
