"""References that banks deliver, through the warehouse: of equal amounts each finds the entry it names."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from dbt_runs import MODELS_ONLY, run_dbt, warehouse_of

UP_TO_ITEMS = ["build", *MODELS_ONLY, "--select", "+fct_reconciliation_items"]
QR_REFERENCES = ("210000000003139471430009017", "210000000003139471430009024", "210000000003139471430009030")
# The first two payers give an id of their own, the third none.
CAMT_ENTRY = """<Ntry><Amt Ccy="CHF">120.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-01-07</Dt></BookgDt><AcctSvcrRef>B{number}</AcctSvcrRef><NtryDtls><TxDtls>
<Refs>{end_to_end}</Refs><Amt Ccy="CHF">120.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<RltdPties><Dbtr><Nm>Tenant {number}</Nm></Dbtr></RltdPties>
<RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Prtry>QRR</Prtry></CdOrPrtry></Tp><Ref>{reference}</Ref></CdtrRefInf></Strd></RmtInf>
</TxDtls></NtryDtls></Ntry>"""
CAMT = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.04"><BkToCstmrStmt><Stmt><Id>S1</Id>
<Acct><Id><IBAN>CH9300762011623852957</IBAN></Id><Ccy>CHF</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CHF">0</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-01-07</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CHF">360.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><Dt>2026-01-07</Dt></Dt></Bal>
{entries}</Stmt></BkToCstmrStmt></Document>"""
# The payer's own id comes first, the invoices behind it.
MT940 = "\r\n".join(
    [
        ":20:S1",
        ":25:INVOICES",
        ":28C:1",
        ":60F:C260107EUR0,00",
        ":61:2601070107C49,00NTRFNONREF",
        ":86:166?00GUTSCHRIFT?20EREF+7788-1?21SVWZ+Rechnung INV-2026-?22004101?32KUNDE EINS",
        ":61:2601070107C49,00NTRFNONREF",
        ":86:166?00GUTSCHRIFT?20EREF+7788-2?21SVWZ+Rechnung INV-2026-?22004110?32KUNDE ZWEI",
        ":62F:C260107EUR98,00",
        "-",
        "",
    ]
)
OFX = """OFXHEADER:100
DATA:OFXSGML
VERSION:102

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>CHEQUES<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260301<DTEND>20260310
<STMTTRN><TRNTYPE>CHECK<DTPOSTED>20260309<TRNAMT>-75.00<FITID>F1<CHECKNUM>0000100418<NAME>Check</STMTTRN>
<STMTTRN><TRNTYPE>CHECK<DTPOSTED>20260309<TRNAMT>-75.00<FITID>F2<CHECKNUM>100417<NAME>Check</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>850.00<DTASOF>20260310</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
ACCOUNTS = """gl_account,name,type,currency,bank_account
1000,Rents,asset,CHF,CH9300762011623852957
1010,Invoices,asset,EUR,INVOICES
1020,Cheques,asset,USD,CHEQUES
"""
# Entry, date, account, currency, amount and reference. Each bank line names the entry of its number.
ENTRIES = [
    ("R2", "2026-01-06", 1000, "CHF", 120, "21 00000 00003 13947 14300 09024"),
    ("R1", "2026-01-06", 1000, "CHF", 120, "21 00000 00003 13947 14300 09017"),
    ("R3", "2026-01-06", 1000, "CHF", 120, QR_REFERENCES[2]),
    ("I2", "2026-01-05", 1010, "EUR", 49, "INV-2026-004110"),
    ("I1", "2026-01-05", 1010, "EUR", 49, "2026/4101"),
    ("C1", "2026-01-05", 1020, "USD", -75, "CHK-100417"),
    ("C2", "2026-01-05", 1020, "USD", -75, "100418"),
]


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    """What names the bank line, with the reference of the entry that it is matched with."""
    zone = tmp_path_factory.mktemp("references")
    bank, ledger = zone / "landing" / "bank", zone / "landing" / "ledger"
    bank.mkdir(parents=True)
    ledger.mkdir()
    entries = "".join(
        CAMT_ENTRY.format(
            number=number,
            reference=reference,
            end_to_end=f"<EndToEndId>TENANT-{number}</EndToEndId>" if number < 3 else "",
        )
        for number, reference in enumerate(QR_REFERENCES, start=1)
    )
    write(bank / "rents.xml", CAMT.format(entries=entries))
    write(bank / "invoices.sta", MT940)
    write(bank / "cheques.ofx", OFX)
    write(ledger / "accounts.csv", ACCOUNTS)
    columns = ["entry_id", "line_no", "posted_on", "gl_account", "amount", "currency", "reference"]
    header = ",".join([*columns, "counterparty", "memo", "document_type", "recorded_at"])
    lines = [
        f"{entry},1,{day},{account},{amount},{currency},{reference},,,,{day}T10:00:00Z"
        for entry, day, account, currency, amount, reference in ENTRIES
    ]
    write(ledger / "journal_lines.csv", "\n".join([header, *lines, ""]))
    run_dbt(*UP_TO_ITEMS, zone=zone, landing=zone / "landing")
    with duckdb.connect(str(warehouse_of(zone)), read_only=True) as connection:
        rows = connection.execute(
            """
            select
                coalesce(
                    lines.creditor_reference,
                    lines.cheque_number,
                    regexp_extract(lines.memo, 'INV-2026- ?([0-9]+)', 1)
                ),
                entries.reference
            from marts.fct_reconciliation_items as items
            inner join intermediate.int_bank_statement_lines_classified as lines
                on items.item_id = lines.statement_line_id
            inner join marts.fct_reconciliation_items as entries
                on items.match_id = entries.match_id and entries.side = 'ledger'
            """
        ).fetchall()
    return set(rows)


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")


def test_a_structured_reference_matches_with_and_without_an_id_of_the_payer(
    pairs: set[tuple[str, str]],
) -> None:
    found = {(line, entry.replace(" ", "")) for line, entry in pairs if line in QR_REFERENCES}
    assert found == {(reference, reference) for reference in QR_REFERENCES}


def test_an_invoice_behind_the_payers_id_is_read(pairs: set[tuple[str, str]]) -> None:
    assert {pair for pair in pairs if pair[0].startswith("0041")} == {
        ("004101", "2026/4101"),
        ("004110", "INV-2026-004110"),
    }


def test_a_cheque_is_found_by_its_number_after_nine_weeks(pairs: set[tuple[str, str]]) -> None:
    assert {(line.lstrip("0"), entry) for line, entry in pairs if "1004" in line} == {
        ("100417", "CHK-100417"),
        ("100418", "100418"),
    }
