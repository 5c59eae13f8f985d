"""Statements that are right but awkward, through the whole warehouse: nothing lost, nothing red."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from dbt_runs import BANK, run_dbt, warehouse_of


def mt940(
    reference: str, account: str, opening: int, *amounts: int, currency: str = "EUR", day: str = "05"
) -> str:
    """One MT940 statement without a statement number, with one line per amount."""
    lines = [
        f":61:2601{day}01{day}{'C' if amount > 0 else 'D'}{abs(amount)},00NTRFNONREF\r\n:86:coffee"
        for amount in amounts
    ]
    balances = [f"C2601{day}{currency}{balance},00" for balance in (opening, opening + sum(amounts))]
    parts = [f":20:{reference}", f":25:{account}", ":28C:0", f":60F:{balances[0]}", *lines]
    return "\r\n".join([*parts, f":62F:{balances[1]}", "-", ""])


OPENING_ONLY = """<Document><BkToCstmrStmt><Stmt><Id>1</Id>
<Acct><Id><IBAN>GB33BUKB20201555555555</IBAN></Id></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="RON">5</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-01-05</Dt></Dt></Bal></Stmt></BkToCstmrStmt></Document>
"""
ACCOUNTS = """gl_account,name,type,currency,bank_account
1000,Twice a day,asset,EUR,TWICE
1010,Wallet EUR,asset,EUR,WALLET
1020,Wallet USD,asset,USD,WALLET
1030,Swept,asset,EUR,SWEPT
"""


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    zone = tmp_path_factory.mktemp("hard")
    bank, ledger = zone / "landing" / "bank", zone / "landing" / "ledger"
    bank.mkdir(parents=True)
    ledger.mkdir()
    write(ledger / "accounts.csv", ACCOUNTS)
    # Twelve statements of one day in one file, each with the same line.
    write(bank / "twice.sta", *(mt940(f"S{n}", "TWICE", 100 + n * 10, 10) for n in range(12)))
    write(bank / "twice-next.sta", mt940("NEXT", "TWICE", 220, 5, day="06"))
    # One number, two currencies.
    write(bank / "wallet.sta", mt940("E", "WALLET", 100, 10), mt940("U", "WALLET", 500, -20, currency="USD"))
    # A swept account closes at zero every day; the week's statement overlaps with the days'.
    write(bank / "swept-mon.sta", mt940("M", "SWEPT", 0, 70, -70))
    write(bank / "swept-tue.sta", mt940("T", "SWEPT", 0, 80, -80, day="06"))
    write(bank / "swept-tue-again.sta", mt940("AGAIN", "SWEPT", 0, 80, -80, day="06"))
    write(bank / "opening-only.xml", OPENING_ONLY)
    run_dbt("build", "--exclude-resource-type", "unit_test", *BANK, zone=zone, landing=zone / "landing")
    with duckdb.connect(str(warehouse_of(zone)), read_only=True) as connection:
        yield connection


def write(path: Path, *parts: str) -> None:
    path.write_bytes("".join(parts).encode())


@pytest.mark.parametrize(
    ("account_id", "lines", "balance"),
    [("TWICE", 13, 225), ("WALLET-EUR", 1, 110), ("WALLET-USD", 1, 480), ("SWEPT", 4, 0)],
)
def test_lines_and_balance(
    marts: duckdb.DuckDBPyConnection, account_id: str, lines: int, balance: int
) -> None:
    assert marts.execute(
        "select count(*) from marts.fct_bank_statement_lines where account_id = ?", [account_id]
    ).fetchone() == (lines,)
    assert marts.execute(
        """
        select balance_per_bank, difference, statement_gaps
        from marts.fct_bank_reconciliations
        where account_id = ?
        order by as_of_on desc
        limit 1
        """,
        [account_id],
    ).fetchone() == (Decimal(balance), 0, 0)


def test_every_statement_with_two_balances_is_proved(marts: duckdb.DuckDBPyConnection) -> None:
    assert marts.execute(
        "select count(*) from marts.fct_bank_statements where not is_proved and account_id not like 'GB33%'"
    ).fetchone() == (0,)


def test_only_the_unmapped_account_is_red(marts: duckdb.DuckDBPyConnection) -> None:
    assert marts.execute(
        "select control_code, scope from marts.fct_control_totals where status = 'red'"
    ).fetchall() == [("account_mapped", "GB33BUKB20201555555555")]
