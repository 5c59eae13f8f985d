"""A company whose bank and books write Cyrillic, and number in their own way: each pair, and nothing else."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from dbt_runs import MODELS_ONLY, run_dbt, warehouse_of

ACCOUNTS = {gl: f"4070281000000000{gl}" for gl in ("5101", "5102", "5103", "5104")}  # Twenty digits, no IBAN.


class Line(NamedTuple):
    """A line of the bank or of the books. name: as the bank has it in its field; reference: of the books."""

    code: str
    gl: str
    day: int
    amount: str
    name: str = ""
    memo: str = ""
    reference: str = ""


CAMT_ENTRY = """<Ntry><Amt Ccy="RUB">{amount}</Amt><CdtDbtInd>{indicator}</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-01-{day}</Dt></BookgDt><AcctSvcrRef>{bank_reference}</AcctSvcrRef>
<NtryDtls><TxDtls>{parties}<RmtInf><Ustrd>{memo}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"""
CAMT = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.04"><BkToCstmrStmt><Stmt>
<Id>{gl}</Id><Acct><Id><Othr><Id>{number}</Id></Othr></Id><Ccy>RUB</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="RUB">1000000</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-01-12</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="RUB">{closing}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-01-30</Dt></Dt></Bal>
{entries}</Stmt></BkToCstmrStmt></Document>"""
OWN = "Перевод между счетами"
BANK = [
    # Two transfers of one day and amount, with a supplier's payment of the same.
    Line("out 1", "5101", 12, "-250000.00", memo=OWN),
    Line("in 1", "5102", 12, "250000.00", memo=OWN),
    Line("out 2", "5103", 12, "-250000.00", memo=OWN),
    Line("in 2", "5104", 12, "250000.00", memo=OWN),
    Line("supplier", "5101", 12, "-250000.00", "ООО Вектор", "Оплата за материалы"),
    # The other leg of the first never came; the next one is a day later.
    Line("lone", "5101", 14, "-90000.00", memo=OWN),
    Line("next out", "5101", 15, "-90000.00", memo=OWN),
    Line("next in", "5102", 15, "90000.00", memo=OWN),
    # One name, two legal forms.
    Line("ooo", "5101", 20, "40000.00", "ООО Ромашка", "Оплата по договору"),
    Line("zao", "5101", 20, "40000.00", "ЗАО Ромашка", "Оплата по договору"),
    Line("two bills", "5101", 21, "31250.40", "ООО Вектор", "Оплата по счетам 2026-00417/2026-00418"),
    Line("less a tenth", "5101", 22, "9000.00", "ООО Маяк", "Счет 2026-00431 за вычетом скидки"),
    Line("bag", "5101", 23, "5400.00", memo="Взнос наличных, сумка К417"),
    Line("fee", "5101", 26, "-300.00", memo="Комиссия за перевод"),
]
BOOKS = [
    Line("out 1", "5101", 12, "-250000.00", memo=OWN),
    Line("in 1", "5102", 12, "250000.00", memo=OWN),
    Line("out 2", "5103", 12, "-250000.00", memo=OWN),
    Line("in 2", "5104", 12, "250000.00", memo=OWN),
    Line("supplier", "5101", 12, "-250000.00", "Вектор, ООО"),
    Line("lone", "5101", 14, "-90000.00", memo=OWN),
    Line("lone, arrived", "5102", 14, "90000.00", memo=OWN),
    Line("next out", "5101", 15, "-90000.00", memo=OWN),
    Line("next in", "5102", 15, "90000.00", memo=OWN),
    Line("zao", "5101", 19, "40000.00", "ЗАО «Ромашка»"),
    Line("ooo", "5101", 19, "40000.00", "ООО «Ромашка»"),
    Line("two bills", "5101", 14, "20100.15", "ООО Вектор", reference="2026-00417"),
    Line("two bills", "5101", 14, "11150.25", "ООО Вектор", reference="2026-00418"),
    Line("less a tenth", "5101", 15, "10000.00", "ООО Маяк", reference="2026-00431"),
    Line("bag", "5101", 22, "2100.00", "Магазин 1", "Сумка К417"),
    Line("bag", "5101", 22, "3300.00", "Магазин 2", "Сумка К417"),
    Line("subscription", "5101", 26, "-300.00", "Яндекс", "Подписка"),
]
NOT_POSTED = {"lone", "lone, arrived", "fee", "subscription"}


def camt(gl: str, lines: list[Line]) -> str:
    """The statement of an account, all in one."""
    return CAMT.format(
        gl=gl,
        number=ACCOUNTS[gl],
        closing=Decimal(1_000_000) + sum(Decimal(line.amount) for line in lines),
        entries="".join(entry(f"{gl}-{number}", line) for number, line in enumerate(lines)),
    )


def entry(bank_reference: str, line: Line) -> str:
    """An entry of a statement, with the other party where the line names it."""
    is_debit = line.amount.startswith("-")
    party = "Cdtr" if is_debit else "Dbtr"
    return CAMT_ENTRY.format(
        amount=line.amount.lstrip("-"),
        indicator="DBIT" if is_debit else "CRDT",
        day=line.day,
        bank_reference=bank_reference,
        parties=f"<RltdPties><{party}><Nm>{line.name}</Nm></{party}></RltdPties>" if line.name else "",
        memo=line.memo,
    )


@pytest.fixture(scope="module")
def matches(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, ...]]:
    """The codes of the items of every match."""
    zone = tmp_path_factory.mktemp("cyrillic")
    bank, ledger = zone / "landing" / "bank", zone / "landing" / "ledger"
    bank.mkdir(parents=True)
    ledger.mkdir()
    codes: dict[str, str] = {}
    for gl, of_account in groupby(sorted(BANK, key=lambda line: line.gl), key=lambda line: line.gl):
        lines = list(of_account)
        write(bank / f"{gl}.xml", camt(gl, lines))
        codes |= {f"{gl}-{number}": line.code for number, line in enumerate(lines)}
    accounts = [f"{gl},Счет {gl},asset,RUB,{number}" for gl, number in ACCOUNTS.items()]
    write(ledger / "accounts.csv", "\n".join(["gl_account,name,type,currency,bank_account", *accounts, ""]))
    columns = (
        "entry_id,line_no,posted_on,gl_account,amount,currency,reference,counterparty,memo,document_type"
    )
    rows = [
        f'E{number},1,2026-01-{line.day},{line.gl},{line.amount},RUB,{line.reference},"{line.name}",'
        f'"{line.memo}",,2026-01-{line.day}T10:00:00Z'
        for number, line in enumerate(BOOKS)
    ]
    write(ledger / "journal_lines.csv", "\n".join([f"{columns},recorded_at", *rows, ""]))
    run_dbt(
        "build",
        *MODELS_ONLY,
        "--select",
        "+fct_reconciliation_items",
        zone=zone,
        landing=zone / "landing",
    )
    found: dict[str, list[str]] = {}
    with duckdb.connect(str(warehouse_of(zone)), read_only=True) as connection:
        posted = connection.execute(
            """
            select items.match_id, items.side, lines.bank_reference, items.line_number
            from marts.fct_reconciliation_items as items
            left join intermediate.int_bank_statement_lines_classified as lines
                on items.item_id = lines.statement_line_id
            where items.match_id is not null and items.item_kind in ('statement_line', 'journal_line')
            """
        ).fetchall()
    for match_id, side, bank_reference, line_number in posted:
        code = codes[bank_reference] if side == "bank" else BOOKS[line_number - 2].code
        found.setdefault(match_id, []).append(f"{side} {code}")
    return {tuple(sorted(members)) for members in found.values()}


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")


@pytest.mark.parametrize("code", sorted({line.code for line in BANK} - NOT_POSTED))
def test_what_belongs_together_is_matched(matches: set[tuple[str, ...]], code: str) -> None:
    entries = tuple(f"ledger {line.code}" for line in BOOKS if line.code == code)
    assert (f"bank {code}", *entries) in matches


@pytest.mark.parametrize("code", sorted(NOT_POSTED))
def test_nothing_else_is(matches: set[tuple[str, ...]], code: str) -> None:
    own = {f"bank {code}", f"ledger {code}"}
    assert all(set(members) <= own for members in matches if own & set(members))
