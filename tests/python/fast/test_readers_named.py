"""What a bank calls by its name reaches a column of its own: golden samples by hand, one per trap."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path

import pytest
from test_readers import BARE, BRITISH, lines, rows, sample, statements

from orchestration.collect.readers import csv_profiles, load_csv_profiles, read
from orchestration.collect.readers.common import Named
from orchestration.lake.datasets import BankStatementLine, BankStatementLineDetail

SEED = Path(__file__).parents[3] / "seeds" / "reference" / "csv_profiles.csv"
UETR = "3c7f2a90-51de-4b6f-9a02-7d14c0e8b655"


def named(row: tuple) -> dict[str, str]:
    """The named columns that hold something, the schemes of codes aside."""
    return {
        name: getattr(row, name)
        for name in Named._fields
        if getattr(row, name) is not None and not name.endswith("_scheme")
    }


def details(content: bytes) -> list[BankStatementLineDetail]:
    return [row for row in rows(content) if isinstance(row, BankStatementLineDetail)]


def test_named_columns_are_the_last_of_a_line_and_stand_in_a_detail():
    assert BankStatementLine._fields[-len(Named._fields) - 1 :] == (*Named._fields, "entry_reference")
    assert BankStatementLineDetail._fields[-len(Named._fields) - 1 :] == (*Named._fields, "transaction_code")


# CAMT


def camt(entry: str, direction: str = "CRDT", owner: str = "", more: str = "") -> bytes:
    """A statement of the account NL91ABNA0417164300 with one entry of 80.00."""
    named_owner = f"<Ownr><Nm>{owner}</Nm></Ownr>" if owner else ""
    return (
        f"<Document><BkToCstmrStmt><Stmt><Id>S</Id><Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id>"
        f"<Ccy>EUR</Ccy>{named_owner}</Acct><Ntry><NtryRef>7</NtryRef><Amt Ccy='EUR'>80.00</Amt>"
        f"<CdtDbtInd>{direction}</CdtDbtInd>{more}<Sts>BOOK</Sts><BookgDt><Dt>2026-02-03</Dt></BookgDt>"
        f"<NtryDtls>{entry}</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"
    ).encode()


def structured(reference: str, kind: str = "SCOR") -> str:
    return (
        f"<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Ref>{reference}</Ref>"
        f"</CdtrRefInf></Strd>"
    )


def party(side: str, name: str, account: str = "") -> str:
    number = f"<{side}Acct><Id><IBAN>{account}</IBAN></Id></{side}Acct>" if account else ""
    return f"<{side}><Nm>{name}</Nm></{side}>{number}"


ALL_REFERENCES = (
    "<TxDtls><Refs><MsgId>M</MsgId><AcctSvcrRef>BANK-1</AcctSvcrRef><PmtInfId>RUN-4</PmtInfId>"
    "<InstrId>INS-9</InstrId><EndToEndId>E2E-5</EndToEndId>"
    f"<UETR>{UETR}</UETR><MndtId>MAN-2</MndtId><ChqNb>0004711</ChqNb></Refs>"
    "<RmtInf><Ustrd>thanks</Ustrd>"
    f"{structured('21 00000 00003 13947 14300 09017', 'QRR')}</RmtInf></TxDtls>"
)


def test_camt_no_reference_pushes_out_another():
    content = camt(ALL_REFERENCES)
    expected = {
        "creditor_reference": "210000000003139471430009017",
        "end_to_end_id": "E2E-5",
        "instruction_id": "INS-9",
        "customer_reference": "RUN-4",
        "uetr": UETR,
        "mandate_id": "MAN-2",
        "cheque_number": "0004711",
    }
    (line,) = lines(content)
    assert named(line) == expected
    assert (line.reference, line.bank_reference, line.memo) == ("E2E-5", "BANK-1", "thanks")
    assert [named(detail) for detail in details(content)] == [expected]


@pytest.mark.parametrize("word", ["NOTPROVIDED", "Not Provided", "notprovided", "NONREF", "0000", "."])
def test_camt_words_for_no_reference(word):
    content = camt(ALL_REFERENCES.replace("E2E-5", word))
    assert lines(content)[0].end_to_end_id is None
    assert lines(content)[0].creditor_reference == "210000000003139471430009017"


@pytest.mark.parametrize(
    ("kind", "reference"),
    [("SCOR", "RF18539007547034"), ("SCOR", "000123456785"), ("QRR", "210000000003139471430009017")],
)
def test_camt_kinds_of_creditor_references(kind, reference):
    """ISO 11649, a Norwegian KID, which may begin with zeros, and a Swiss QR reference."""
    (line,) = lines(camt(f"<TxDtls><RmtInf>{structured(reference, kind)}</RmtInf></TxDtls>"))
    assert (line.creditor_reference, line.reference) == (reference, reference)


def test_camt_several_creditor_references_and_documents_in_one_payment():
    documents = (
        "<Strd><RfrdDocInf><Nb>INV 31</Nb></RfrdDocInf><RfrdDocInf><Nb>INV-32</Nb></RfrdDocInf></Strd>"
    )
    remittance = structured("RF18539007547034") + structured("RF45123") + structured("RF18539007547034")
    (line,) = lines(camt(f"<TxDtls><RmtInf><Ustrd>two</Ustrd>{remittance}{documents}</RmtInf></TxDtls>"))
    assert line.creditor_reference == "RF18539007547034 RF45123"
    assert (line.document_numbers, line.memo) == ("INV31 INV-32", "two")
    assert line.reference == "RF18539007547034"


BATCH = (
    "<Btch><PmtInfId>RUN-8</PmtInfId></Btch>"
    "<TxDtls><Refs><EndToEndId>A</EndToEndId></Refs>{first}<RmtInf>"
    + structured("RF18539007547034")
    + "</RmtInf></TxDtls><TxDtls><Refs><ChqNb>55</ChqNb></Refs>{second}<RtrInf><Rsn><Cd>AC04</Cd></Rsn>"
    "</RtrInf></TxDtls>"
)


def test_camt_details_keep_references_of_their_own():
    content = camt(BATCH.format(first="<Amt Ccy='EUR'>50</Amt>", second="<Amt Ccy='EUR'>30</Amt>"))
    (line,) = lines(content)
    assert named(line) == {"customer_reference": "RUN-8"}
    first, second = details(content)
    assert named(first) == {"creditor_reference": "RF18539007547034", "end_to_end_id": "A"}
    assert named(second) == {"cheque_number": "55", "return_reason": "AC04"}


def test_camt_details_without_amounts_keep_their_references():
    content = camt(BATCH.format(first="", second=""))
    found = [
        (row.currency, row.amount, row.creditor_reference, row.cheque_number) for row in details(content)
    ]
    assert found == [("EUR", None, "RF18539007547034", None), ("EUR", None, None, "55")]


def test_camt_batch_of_one_keeps_the_number_of_the_batch():
    entry = "<Btch><PmtInfId>RUN-8</PmtInfId></Btch><TxDtls><Refs><EndToEndId>A</EndToEndId></Refs></TxDtls>"
    (line,) = lines(camt(entry))
    assert (line.reference, line.customer_reference, line.end_to_end_id) == ("A", "RUN-8", "A")


def test_camt_batch_without_a_payment_has_the_number_of_its_message():
    (line,) = lines(camt("<Btch><MsgId>MSG-9</MsgId><NbOfTxs>3</NbOfTxs></Btch>"))
    assert (line.reference, line.customer_reference) == ("MSG-9", "MSG-9")
    (line,) = lines(camt("<Btch><MsgId>MSG-9</MsgId><PmtInfId>RUN-8</PmtInfId></Btch>"))
    assert (line.reference, line.customer_reference) == ("RUN-8", "RUN-8")


SUPPLEMENT = (
    "<SplmtryData><Envlp><x:Ntry xmlns:x='urn:x'><x:Amt Ccy='EUR'>9</x:Amt></x:Ntry>"
    "<Ntry xmlns='urn:y'><Amt Ccy='EUR'>8</Amt></Ntry><Ntry><Amt Ccy='EUR'>7</Amt></Ntry>"
    "<Stmt><Id>S</Id></Stmt></Envlp></SplmtryData>"
)


@pytest.mark.parametrize("before", ["</Ntry>", "</Stmt>", "</NtryDtls>", "<Ntry>", "</BkToCstmrStmt>"])
def test_camt_what_a_bank_adds_is_none_of_the_message(before):
    content = camt("<TxDtls/>")
    assert rows(content.replace(before.encode(), SUPPLEMENT.encode() + before.encode(), 1)) == rows(content)


def test_camt_entries_that_a_bank_adds_are_none_in_a_long_message():
    """Entries of one shape are not parsed: those of the supplement are none of them."""
    start, end = camt("<TxDtls/>").partition(b"<Ntry>")[0], b"</Stmt></BkToCstmrStmt></Document>"
    entry = camt("<TxDtls/>").removeprefix(start).removesuffix(end)
    added = b"<SplmtryData><Envlp>" + entry * 300 + b"</Envlp></SplmtryData>"
    assert len(lines(start + entry * 300 + added + end)) == 300
    within = entry.removesuffix(b"</Ntry>") + added + b"</Ntry>"
    assert len(lines(start + entry * 300 + within + entry * 300 + end)) == 601


def test_camt_uetr_as_a_reference_of_its_own_kind():
    refs = (
        f"<Refs><Prtry><Tp>OTHER</Tp><Ref>x</Ref></Prtry><Prtry><Tp>UETR</Tp><Ref>{UETR}</Ref></Prtry></Refs>"
    )
    assert lines(camt(f"<TxDtls>{refs}</TxDtls>"))[0].uetr == UETR


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (
            "<Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn>"
            "<Prtry><Cd>NTRF+166+9248+991</Cd><Issr>DK</Issr></Prtry>",
            ("PMNT-RCDT-ESCT", "iso20022", "166", "gvc"),
        ),
        ("<Prtry><Cd>105</Cd><Issr>ZKA</Issr></Prtry>", ("105", "proprietary", "105", "gvc")),
        ("<Prtry><Cd>475</Cd><Issr>BAI2</Issr></Prtry>", ("475", "proprietary", "475", "bai2")),
        ("<Prtry><Cd>NCHK</Cd><Issr>SWIFT</Issr></Prtry>", ("NCHK", "proprietary", "NCHK", "swift")),
        ("<Prtry><Cd>586</Cd><Issr>Bank X</Issr></Prtry>", ("586", "proprietary", "586", "Bank X")),
        ("<Prtry><Cd>586</Cd></Prtry>", ("586", "proprietary", "586", "proprietary")),
        ("", (None, None, None, None)),
    ],
)
def test_camt_codes_of_the_bank(codes, expected):
    code = f"<BkTxCd>{codes}</BkTxCd>"
    whole, part = camt("", more=code), camt(f"<TxDtls>{code}</TxDtls>")
    for row in (lines(whole)[0], lines(part)[0], details(part)[0]):
        found = row.transaction_code, row.transaction_code_scheme
        assert (*found, row.proprietary_code, row.proprietary_code_scheme) == expected


OWN, OTHER, SAVINGS = "NL91ABNA0417164300", "DE89370400440532013000", "CH9300762011623852957"


@pytest.mark.parametrize(
    ("direction", "debtor", "creditor", "more", "expected"),
    [
        ("CRDT", ("Kunde AG", OTHER), ("Mill Ltd", OWN), "", ("Kunde AG", OTHER)),
        ("DBIT", ("Mill Ltd", OWN), ("Kunde AG", OTHER), "", ("Kunde AG", OTHER)),
        # A reversal keeps the roles of what it reverses, or has those of the payment back.
        ("DBIT", ("Kunde AG", OTHER), ("Mill Ltd", OWN), "<RvslInd>true</RvslInd>", ("Kunde AG", OTHER)),
        ("DBIT", ("Mill Ltd", OWN), ("Kunde AG", OTHER), "<RvslInd>true</RvslInd>", ("Kunde AG", OTHER)),
        ("DBIT", ("MILL  LTD.", ""), ("Kunde AG", ""), "<RvslInd>true</RvslInd>", ("Kunde AG", None)),
        # So does what comes back without that mark.
        ("DBIT", ("Kunde AG", OTHER), ("Mill Ltd", OWN), "", ("Kunde AG", OTHER)),
        ("DBIT", ("Kunde AG", ""), ("Mill Ltd", ""), "", ("Kunde AG", None)),
        # A transfer between own accounts: the other account, and no name.
        ("CRDT", ("Mill Ltd", SAVINGS), ("Mill Ltd", OWN), "", (None, SAVINGS)),
        ("DBIT", ("Mill Ltd", OWN), ("Mill Ltd", SAVINGS), "", (None, SAVINGS)),
        ("CRDT", ("Mill Ltd", ""), ("Mill Ltd", ""), "", (None, None)),
        # So it is where the bank writes the own name otherwise on the own side.
        ("CRDT", ("Mill Ltd", SAVINGS), ("Mill Group", ""), "", (None, SAVINGS)),
        # Names that only begin alike are two parties.
        ("CRDT", ("Mill Ltd Holding", ""), ("Mill Ltd", ""), "", ("Mill Ltd Holding", None)),
    ],
)
def test_camt_owner_by_name_is_not_the_counterparty(direction, debtor, creditor, more, expected):
    parties = party("Dbtr", *debtor) + party("Cdtr", *creditor)
    content = camt(f"<TxDtls><RltdPties>{parties}</RltdPties></TxDtls>", direction, "Mill Ltd", more)
    for row in (lines(content)[0], details(content)[0]):
        assert (row.counterparty, row.counterparty_account) == expected
        assert (row.debtor_name, row.creditor_name) == (
            " ".join(debtor[0].split()),
            " ".join(creditor[0].split()),
        )
    assert statements(content)[0].owner_name == "Mill Ltd"


def test_camt_owner_by_account_is_not_the_counterparty():
    parties = party("Dbtr", "Kunde AG", OTHER) + party("Cdtr", "Mill", OWN)
    (line,) = lines(camt(f"<TxDtls><RltdPties>{parties}</RltdPties></TxDtls>", "DBIT"))
    assert (line.counterparty, line.counterparty_account) == ("Kunde AG", OTHER)


def test_camt_payment_that_came_back_is_told_by_its_reason():
    """No owner is named: a returned payment keeps the roles of the one that it returns."""
    parties = f"<RltdPties>{party('Dbtr', 'Mill Ltd')}{party('Cdtr', 'Kunde AG')}</RltdPties>"
    back = "<RtrInf><Rsn><Cd>AC01</Cd></Rsn></RtrInf>"
    (line,) = lines(camt(f"<TxDtls>{parties}{back}</TxDtls>", "CRDT"))
    assert (line.counterparty, line.return_reason) == ("Kunde AG", "AC01")
    assert lines(camt(f"<TxDtls>{parties}</TxDtls>", "CRDT"))[0].counterparty == "Mill Ltd"
    assert statements(camt(""))[0].owner_name is None


def test_camt_on_whose_behalf_the_counterparty_acts():
    parties = party("Dbtr", "Pay Service SA") + party("UltmtDbtr", "Kunde AG") + party("UltmtCdtr", "Shop")
    (line,) = lines(camt(f"<TxDtls><RltdPties>{parties}</RltdPties></TxDtls>"))
    assert (line.counterparty, line.ultimate_counterparty) == ("Pay Service SA", "Kunde AG")
    assert (line.debtor_name, line.creditor_name) == ("Pay Service SA", "Shop")
    (line,) = lines(camt(f"<TxDtls><RltdPties>{party('UltmtDbtr', 'Kunde AG')}</RltdPties></TxDtls>"))
    assert (line.counterparty, line.ultimate_counterparty) == ("Kunde AG", None)


@pytest.mark.parametrize(
    ("entry", "counterparty"),
    [
        (
            "<TxDtls/></NtryDtls><AddtlNtryInf>ORIG CO NAME:KUNDE AG SEC:CCD</AddtlNtryInf><NtryDtls>",
            "KUNDE AG",
        ),
        ("<TxDtls><AddtlTxInf>ORIG:KUNDE AG BENE:MILL</AddtlTxInf></TxDtls>", "KUNDE AG"),
        ("<TxDtls><AddtlTxInf>ORIG:MILL LTD BENE:KUNDE AG</AddtlTxInf></TxDtls>", None),
        (
            f"<TxDtls><RltdPties>{party('Dbtr', 'Holz')}</RltdPties>"
            "<AddtlTxInf>ORIG:KUNDE AG</AddtlTxInf></TxDtls>",
            "Holz",
        ),
    ],
)
def test_camt_names_in_text_where_the_fields_are_empty(entry, counterparty):
    assert lines(camt(entry, owner="Mill Ltd"))[0].counterparty == counterparty


def test_camt_references_in_text_stand_behind_those_of_fields():
    text = f"<RmtInf><Ustrd>KID: 000123456785 UETR {UETR}</Ustrd>"
    (line,) = lines(camt(f"<TxDtls>{text}</RmtInf></TxDtls>"))
    assert (line.creditor_reference, line.uetr) == ("000123456785", UETR)
    (line,) = lines(camt(f"<TxDtls>{text}{structured('RF18539007547034')}</RmtInf></TxDtls>"))
    assert line.creditor_reference == "RF18539007547034"


# MT940


SYMBOLS = "/VS2026000123/SS77/KS0308"


@pytest.mark.parametrize(
    ("end_to_end", "references", "expected"),
    [
        (SYMBOLS, [], "2026000123 77"),
        ("/VS0000001231/SS/KS", [], "0000001231"),
        ("NOTPROVIDED", ["VS:2026000123", "KS:0308", "SS:77"], "2026000123 77"),
        # One reference that says all, and one that says the same.
        (SYMBOLS, ["KS:0308", "VS:2026000123"], "2026000123 77"),
        # A number of another kind.
        ("/VSOP-12", ["RF18539007547034"], "RF18539007547034"),
    ],
)
def test_camt_symbols_of_czechia_and_slovakia(end_to_end, references, expected):
    """The constant symbol says a kind of payment, which thousands of payments share."""
    remittance = "".join(f"<Strd><CdtrRefInf><Ref>{text}</Ref></CdtrRefInf></Strd>" for text in references)
    refs = f"<Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>"
    (line,) = lines(camt(f"<TxDtls>{refs}<RmtInf>{remittance}</RmtInf></TxDtls>"))
    assert line.creditor_reference == expected
    assert line.end_to_end_id == (None if end_to_end == "NOTPROVIDED" else end_to_end)


def test_camt_numbers_of_lines_taxes_and_advices():
    structured_parts = (
        "<Strd><RfrdDocInf><LineDtls><Id><Nb>L-1</Nb></Id><Id><Nb>L-2</Nb></Id></LineDtls></RfrdDocInf></Strd>"
        "<Strd><TaxRmt><RefNb>TAX-3</RefNb></TaxRmt><GrnshmtRmt><RefNb>GAR-4</RefNb></GrnshmtRmt></Strd>"
    )
    advice = "<RltdRmtInf><RmtId>ADV-5</RmtId></RltdRmtInf>"
    (line,) = lines(camt(f"<TxDtls>{advice}<RmtInf>{structured_parts}</RmtInf></TxDtls>"))
    assert line.document_numbers == "L-1 L-2 TAX-3 GAR-4 ADV-5"
    assert (line.memo, line.reference) == (None, None)


@pytest.mark.parametrize(
    "more",
    [
        f"<RmtInf><Ustrd>thanks</Ustrd></RmtInf><AddtlTxInf>KID 000123456785 UETR {UETR}</AddtlTxInf>",
        "<RmtInf><Ustrd>thanks</Ustrd><Strd><AddtlRmtInf>KID 000123456785</AddtlRmtInf></Strd></RmtInf>"
        f"<AddtlTxInf>UETR {UETR}</AddtlTxInf>",
    ],
)
def test_camt_texts_beside_the_memo_are_read_for_what_they_name(more):
    (line,) = lines(camt(f"<TxDtls>{more}</TxDtls>"))
    assert line.memo == "thanks"
    assert named(line) == {"creditor_reference": "000123456785", "uetr": UETR}


def test_camt_each_of_several_batches_in_an_entry_names_its_payments():
    def batch(run: str, *end_to_end: str) -> str:
        payments = "".join(
            f"<TxDtls><Refs><EndToEndId>{text}</EndToEndId></Refs></TxDtls>" for text in end_to_end
        )
        return f"<Btch><PmtInfId>{run}</PmtInfId></Btch>{payments}"

    content = camt(f"{batch('RUN-1', 'A', 'B')}</NtryDtls><NtryDtls>{batch('RUN-2', 'C')}")
    assert [(row.end_to_end_id, row.customer_reference) for row in details(content)] == [
        *(("A", "RUN-1"), ("B", "RUN-1"), ("C", "RUN-2")),
    ]
    assert lines(content)[0].customer_reference == "RUN-1"


def test_camt_what_a_bank_on_the_way_calls_a_payment():
    refs = "<Refs><MktInfrstrctrTxId>20260203SIC77</MktInfrstrctrTxId></Refs>"
    assert details(camt(f"<TxDtls>{refs}</TxDtls>"))[0].bank_reference == "20260203SIC77"


def mt940(memo: str, entry: str = "C10,00NTRFNONREF") -> BankStatementLine:
    content = BARE.replace(b"\n:62M", b"\n:86:" + memo.encode() + b"\n:62M") if memo else BARE
    (line,) = lines(content.replace(b"C10,00NTRFNONREF", entry.encode()))
    return line


@pytest.mark.parametrize(
    ("memo", "expected"),
    [
        (  # German sub-fields cut references anywhere
            "166?00GUTSCHRIFT?20EREF+E2E-?2177?22KREF+RUN-3?23MREF+MAN-4?24SVWZ+RF18 5390?250754 7034"
            "?32Kunde ?33AG?34000",
            {
                "end_to_end_id": "E2E-77",
                "customer_reference": "RUN-3",
                "mandate_id": "MAN-4",
                "proprietary_code": "166",
            },
        ),
        (
            "166?20EREF+NOTPROVIDED?21KREF+NONREF?22SVWZ+x?32Kunde",
            {"proprietary_code": "166"},
        ),
        (  # returned: why, and the sides as they were
            "109?00RETOURE?20EREF+E-1?21MREF+M-1?22ABWA+Sohn?23ABWE+Wir?34914?32Kunde",
            {
                "end_to_end_id": "E-1",
                "mandate_id": "M-1",
                "proprietary_code": "109",
                "return_reason": "914",
                "ultimate_counterparty": "Wir",
            },
        ),
        (  # the bank's own code, not GVC's
            "020~00PRZELEW~20FV 12~32KLIENT",
            {"proprietary_code": "020"},
        ),
        (
            "PRZELEW ; z rach.: 27114020040000300201355387; od: JAN KOWALSKI; tyt.: FV 1",
            {"debtor_name": "JAN KOWALSKI"},
        ),
        ("EREF+E-3 MREF+M-3 SVWZ+May", {"end_to_end_id": "E-3", "mandate_id": "M-3"}),
        (
            "/ORDP//NAME/Jansen BV/CDTRREFTP//CD/SCOR/ISSR/CUR/CDTRREF/5000 0567 8901 2345",
            {"creditor_reference": "5000056789012345", "debtor_name": "Jansen BV"},
        ),
        ("/CDTRREF/5000056789012345", {"creditor_reference": "5000056789012345"}),
        (  # structured remittance beside the payer's own number
            "/TRTP/SEPA/NAME/Jansen/EREF/PAYER-9/REMI/STRD/CUR/5000056789012345/",
            {"creditor_reference": "5000056789012345", "end_to_end_id": "PAYER-9"},
        ),
        ("/REMI/STRD/RF18539007547034", {"creditor_reference": "RF18539007547034"}),
        ("/REMI/USTD//order 4", {}),
        (
            "/TRCD/586/PREF/RUN-6/MARF/MAN-6/EREF/NOTPROVIDED/RTRN/MS03/REMI/x/UDTR/Sohn",
            {
                "customer_reference": "RUN-6",
                "mandate_id": "MAN-6",
                "proprietary_code": "586",
                "return_reason": "MS03",
                "ultimate_counterparty": "Sohn",
            },
        ),
        (
            "SEPA OVERBOEKING                 IBAN: NL44RABO0123456789\n"
            "NAAM: JANSEN BV                  BETALINGSKENM.: 5000056789012345\n"
            "KENMERK: PAYER-7                 MACHTIGING: MAN-7",
            {"creditor_reference": "5000056789012345", "end_to_end_id": "PAYER-7", "mandate_id": "MAN-7"},
        ),
        (f"wire /UETR/{UETR} received", {"uetr": UETR}),
        (f"wire UETR\n{UETR}", {"uetr": UETR}),
        (f"/EREF/E-9/REMI/UETR {UETR[:20]}\n{UETR[20:]}", {"end_to_end_id": "E-9", "uetr": UETR}),
        ("INNBETALING KID: 000123456785", {"creditor_reference": "000123456785"}),
        ("PLATBA VS:2026000123 KS:0308 SS:77", {"creditor_reference": "2026000123 77"}),
        ("/VS/2026000123/SS/77/KS/0308", {"creditor_reference": "2026000123 77"}),
        ("CVS:12 DERBY VS 34, SS:77 /KS0308", {}),
        (
            f"166?20EREF+{SYMBOLS[:20]}?21{SYMBOLS[20:]}?22SVWZ+faktura",
            {"creditor_reference": "2026000123 77", "end_to_end_id": SYMBOLS, "proprietary_code": "166"},
        ),
        ("/EREF/E-7/REMI/KID 000123456785", {"creditor_reference": "000123456785", "end_to_end_id": "E-7"}),
        (  # a sub-field of 27 characters goes on in the next one, a shorter one does not
            "166?20FAKTURA MARS KID: 000123456?21785?22TAKK",
            {"creditor_reference": "000123456785", "proprietary_code": "166"},
        ),
        ("166?20KID: 000123456785?214", {"creditor_reference": "000123456785", "proprietary_code": "166"}),
        ("plain text EREF+E-8 SVWZ+rent", {"end_to_end_id": "E-8"}),
    ],
)
def test_mt940_references_of_memo(memo, expected):
    assert named(mt940(memo)) == expected


@pytest.mark.parametrize(
    ("memo", "expected"),
    [
        ("wire /NAAM/Jansen BV/IBAN/NL44RABO0123456789/", ("Jansen BV", "NL44RABO0123456789")),
        ("/NAAM/Jansen BV/IBAN/NL44RABO0123456789", ("Jansen BV", "NL44RABO0123456789")),
        ("Naam: Jansen BV Omschrijving: mei IBAN: NL44RABO0123456789", ("Jansen BV", "NL44RABO0123456789")),
        ("INCOMING WIRE ORIG:JANSEN BV ID:99 BENE:MILL LTD", ("JANSEN BV", None)),
        ("plain EREF+E-8 SVWZ+rent", (None, None)),
        ("lunch with Jansen", (None, None)),
    ],
)
def test_mt940_names_in_plain_text_leave_the_text_as_it_is(memo, expected):
    """The memo and the reference are parts of a line's id."""
    line = mt940(memo)
    assert (line.counterparty, line.counterparty_account) == expected
    assert (line.memo, line.reference) == (memo, None)


def test_mt940_name_below_the_account_stays_out_of_the_text():
    """ASN and SNS: what a plain text names besides does not send it there."""
    line = mt940("payment ORIG:SOMEBODY", f"C10,00NTRF{OWN}\nhr j jansen")
    assert (line.counterparty, line.counterparty_account) == ("hr j jansen", OWN)
    assert line.memo == "payment ORIG:SOMEBODY"


def test_mt940_sub_fields_name_the_counterparty():
    line = mt940("166?20EREF+E?30COBADEFF?31DE89370400440532013000?32Kunde ?33AG")
    assert (line.counterparty, line.counterparty_account) == ("Kunde AG", "DE89370400440532013000")
    assert (line.proprietary_code, line.proprietary_code_scheme) == ("166", "gvc")
    assert mt940("020~00PRZELEW~32KLIENT").proprietary_code_scheme == "proprietary"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("C10,00NTRFNONREF", "Payer"),
        ("D10,00NTRFNONREF", "Payee"),
        ("RC10,00NTRFNONREF", "Payer"),
        ("RD10,00NTRFNONREF", "Payee"),
    ],
)
def test_mt940_sides_by_their_tags(entry, expected):
    """A text that names both sides: of a credit the payer counts, and a reversal keeps the sides."""
    line = mt940("/BENM//NAME/Payee/IBAN/NL44RABO0123456789/ORDP//NAME/Payer/IBAN/" + OTHER, entry)
    accounts = {"Payer": OTHER, "Payee": "NL44RABO0123456789"}
    assert (line.counterparty, line.counterparty_account) == (expected, accounts[expected])
    assert (line.debtor_name, line.creditor_name) == ("Payer", "Payee")


@pytest.mark.parametrize(("entry", "expected"), [("C10,00NTRFNONREF", "Sohn"), ("D10,00NTRFNONREF", "Shop")])
def test_mt940_on_whose_behalf(entry, expected):
    memo = "?20SVWZ+x?21ABWA+Sohn?22ABWE+Shop"
    line = mt940("166" + memo + "?32Pay Service", entry)
    assert (line.counterparty, line.ultimate_counterparty) == ("Pay Service", expected)
    line = mt940("166" + memo, entry)
    assert (line.counterparty, line.ultimate_counterparty) == (expected, None)


@pytest.mark.parametrize(
    ("entry", "memo", "expected"),
    [
        ("D10,00NCHK0001234//BANK9", "", "0001234"),
        ("D10,00NCHKNONREF//0001234", "", "0001234"),
        ("D10,00SCHKCHQ 1234//99887766", "", "1234"),
        ("D10,00NCHKNONREF//99887766", "CHEQUE NO. 1234", "1234"),
        ("D10,00NCHKNONREF//BANK9", "CHECK PAID 01/05/2026", None),
        ("D10,00NTRF0001234//BANK9", "", None),
        ("D10,00NMSCNONREF//BANK9", "101?00SCHECK?20SCHECK-NR. 0001234?32Kunde", "0001234"),
        ("D10,00NMSCNONREF//BANK9", "166?20SCHECK-NR. 0001234?32Kunde", None),
        ("D10,00NCHKNONREF//0000", "", None),
    ],
)
def test_mt940_cheque_number(entry, memo, expected):
    line = mt940(memo, entry)
    assert line.cheque_number == expected
    assert (line.transaction_code, line.transaction_code_scheme) == (entry[6:10], "swift")


@pytest.mark.parametrize("pointer", ["EREF", "KREF+", "NONREF"])
def test_mt940_customer_reference_of_the_entry(pointer):
    """EREF of :86: does not push it out; a word that points there is none."""
    assert mt940("/EREF/E-4/REMI/x", "C10,00NTRFRUN-4").customer_reference == "RUN-4"
    assert mt940("/EREF/E-4/REMI/x", "C10,00NTRFRUN-4").end_to_end_id == "E-4"
    assert mt940("/EREF/E-4/REMI/x", f"C10,00NTRF{pointer}").customer_reference is None


# BAI2


def bai2(text: str, code: str = "165", bank: str = "BR1", customer: str = "CR1") -> BankStatementLine:
    content = sample("statement.bai2").replace(b"DEALER, PAYMENT\n88,CONTINUED/", text.encode() + b"\n88, /")
    content = content.replace(b"16,165,100,Z,BR1,CR1", f"16,{code},100,Z,{bank},{customer}".encode())
    return lines(content)[0]


@pytest.mark.parametrize(
    ("code", "text", "counterparty"),
    [
        (
            "195",
            "WIRE TYPE:WIRE IN DATE: 010526 ORIG:KUNDE AG ID:0055 SND BK:SOME BANK PMT DET:INV 7",
            "KUNDE AG",
        ),
        ("495", "WIRE TYPE:WIRE OUT TRN:88 BNF:HOLZ, GMBH ID:1 BNF BK:OTHER BANK PMT DET:77", "HOLZ, GMBH"),
        (
            "195",
            "FEDWIRE CREDIT VIA: A BANK/021 B/O: KUNDE AG REF: 1/BNF=MILL LTD/AC-9 RFB=INV",
            "KUNDE AG",
        ),
        ("495", "ORIG:MILL LTD BENE:1/HOLZ GMBH 2/HAUPTSTR 1 3/DE/BERLIN", "HOLZ GMBH"),
        ("195", "ORIG:/12345 KUNDE AG BENE:MILL LTD", "KUNDE AG"),
        ("195", "BENE:MILL LTD DETAILS:JAN", None),
        (
            "142",
            "ORIG CO NAME:CARD PAYOUTS INC   ORIG ID:12 DESC DATE:260105 CO ENTRY DESCR:PAYOUT "
            "SEC:CCD IND ID:7 IND NAME:MILL LTD",
            "CARD PAYOUTS INC",
        ),
        ("455", "ORIG CO NAME:CITY POWER CO ENTRY DESCR:BILL SEC:CCD IND NAME:MILL LTD", "CITY POWER"),
        ("455", "CITY POWER       DES:BILL ID:123 INDN:MILL LTD CO ID:99 CCD", "CITY POWER"),
        ("165", "PAID ORIGINAL INVOICE BY BENEFIT FUND", None),
    ],
)
def test_bai2_names_in_text(code, text, counterparty):
    line = bai2(text, code)
    assert (line.counterparty, line.memo) == (counterparty, " ".join(text.split()))
    assert (line.transaction_code, line.transaction_code_scheme) == (code, "bai2")


def test_bai2_both_sides_of_a_wire():
    line = bai2(f"ORIG:KUNDE AG BENE:MILL LTD END TO END ID:E-6 UETR:{UETR}", "195")
    assert named(line) == {
        "customer_reference": "CR1",
        "end_to_end_id": "E-6",
        "uetr": UETR,
        "debtor_name": "KUNDE AG",
        "creditor_name": "MILL LTD",
    }


@pytest.mark.parametrize(
    ("code", "bank", "customer", "text", "expected"),
    [
        ("475", "BR1", "0001234", "CHECK PAID", "0001234"),
        ("475", "0001234", "", "CHECK PAID", "0001234"),
        ("475", "99887766", "", "CHECK NUMBER 1234", "1234"),
        ("395", "BR1", "1234", "CHECK RETURNED", "1234"),
        ("475", "BR1", "CR1", "CHECK PAID 01/05", None),
        ("475", "BR1", "CR1", "CHECK 2026-01-05", None),
        ("475", "BR1", "0000", "CHECK", None),
        ("165", "0001234", "0001234", "DEPOSIT", None),
    ],
)
def test_bai2_cheque_number(code, bank, customer, text, expected):
    assert bai2(text, code, bank, customer).cheque_number == expected


# OFX


def ofx(leaves: str) -> BankStatementLine:
    old = b"<TRNTYPE>CHECK<DTPOSTED>20260105120000.000[-5:EST]<TRNAMT>-12,50<FITID>F1<CHECKNUM>1001"
    assert old in sample("statement.ofx")
    start, rest = sample("statement.ofx").split(old)
    rest = rest.removeprefix(b"<NAME>A &amp; B<MEMO>")
    return lines(start + f"<DTPOSTED>20260105<TRNAMT>-12.50<FITID>F1{leaves}".encode() + rest)[0]


@pytest.mark.parametrize(
    ("leaves", "reference", "expected"),
    [
        ("<TRNTYPE>CHECK<CHECKNUM>00417", "00417", {"cheque_number": "00417"}),
        (
            "<TRNTYPE>CHECK<CHECKNUM>00417<REFNUM>R-88",
            "00417",
            {"cheque_number": "00417", "customer_reference": "R-88"},
        ),
        ("<TRNTYPE>DEBIT<REFNUM>R-88", "R-88", {"customer_reference": "R-88"}),
        ("<TRNTYPE>CHECK<NAME>CHECK #417", None, {"cheque_number": "417"}),
        ("<TRNTYPE>DEBIT<NAME>CHECK #417", None, {}),
        ("<TRNTYPE>CHECK<CHECKNUM>0", None, {}),
    ],
)
def test_ofx_numbers(leaves, reference, expected):
    line = ofx(leaves)
    assert (named(line), line.reference, line.transaction_code_scheme) == (expected, reference, "ofx")


@pytest.mark.parametrize(
    ("leaves", "counterparty"),
    [
        (
            "<NAME>HOLZ UND BAUSTOFFHANDEL WEST GMB<EXTDNAME>HOLZ UND BAUSTOFFHANDEL WEST GMBH",
            "HOLZ UND BAUSTOFFHANDEL WEST GMBH",
        ),
        ("<NAME>HOLZ GMBH<EXTDNAME>SOMETHING ELSE", "HOLZ GMBH"),
        ("<NAME>ORIG CO NAME:CITY POWER<MEMO>CO ENTRY DESCR:BILL SEC:CCD", "CITY POWER"),
        ("<MEMO>BENE:HOLZ GMBH DETAILS:JAN", "HOLZ GMBH"),
        ("<NAME>WEB PAYMENT<MEMO>BENE:HOLZ GMBH", "WEB PAYMENT"),
    ],
)
def test_ofx_names(leaves, counterparty):
    assert ofx(leaves).counterparty == counterparty


# CSV


def with_columns(tmp_path: Path, **headers: str) -> list:
    """The British profile with more columns."""
    with SEED.open(encoding="utf-8", newline="") as file:
        (british,) = (row for row in csv.DictReader(file) if row["profile_code"].startswith("gb_"))
    path = tmp_path / "csv_profiles.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, british)
        writer.writeheader()
        writer.writerow(british | headers)
    return load_csv_profiles(path)


def test_csv_columns_that_a_profile_names(tmp_path):
    headers = {
        "creditor_reference": "KID",
        "end_to_end_id": "E2E",
        "instruction_id": "Instruction",
        "customer_reference": "Own",
        "uetr": "UETR",
        "mandate_id": "Mandate",
        "cheque_number": "Cheque",
    }
    profiles = with_columns(tmp_path, **headers)
    more = ",".join(headers.values()).encode()
    content = BRITISH.replace(b"Balance\n", b"Balance," + more + b"\n")
    content = content.replace(b"97.50\n", f"97.50,00012 3456785,NOTPROVIDED,I-1,O-1,{UETR},M-1,0\n".encode())
    content = content.replace(b"107.50\n", b"107.50,,E-2,,,,,000417\n")
    first, second = (row for row in read(io.BytesIO(content), profiles) if isinstance(row, BankStatementLine))
    assert named(first) == {
        "creditor_reference": "000123456785",
        "instruction_id": "I-1",
        "customer_reference": "O-1",
        "uetr": UETR,
        "mandate_id": "M-1",
    }
    assert named(second) == {"end_to_end_id": "E-2", "cheque_number": "000417"}
    assert (first.transaction_code, first.transaction_code_scheme) == ("DEB", "csv")


def test_csv_profiles_of_an_earlier_version_are_read(tmp_path):
    later = list(csv_profiles.LATER_COLUMNS)
    path = tmp_path / "csv_profiles.csv"
    with SEED.open(encoding="utf-8", newline="") as file:
        profiles = [row for row in csv.DictReader(file) if not any(row[name] for name in later)]
    for left_out in (later, [*later, "counterparty"]):
        names = [name for name in profiles[0] if name not in left_out]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(profiles)
        if left_out == later:
            codes = [row["profile_code"] for row in profiles]
            assert len(codes) > 5
            assert load_csv_profiles(path) == [
                profile for profile in load_csv_profiles(SEED) if profile.profile_code in codes
            ]
        else:
            with pytest.raises(ValueError, match="the columns must be"):
                load_csv_profiles(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"ORIG CO NAME:CITY POWER CO ENTRY DESCR:BILL SEC:CCD", "CITY POWER"),
        (b"BENE:HOLZ GMBH REF:9", "HOLZ GMBH"),
        (b"COFFEE", None),
    ],
)
def test_csv_names_in_text(text, expected):
    line = lines(BRITISH.replace(b"COFFEE", text))[0]
    assert (line.counterparty, line.memo) == (expected, text.decode())
    assert line.amount == Decimal("-2.50")


@pytest.mark.parametrize(
    ("memo", "code"),
    [
        ("~00PRZELEW~20FAKTURA 12/2026~32NOWAK SP~38PL61109010140000071219812874", None),
        ("020\n:86:020<00PRZELEW\n<20FAKTURA 12/2026\n<27NOWAK SP\n<38PL61109010140000071219812874", "020"),
        ("?20FAKTURA 12/2026?32NOWAK SP?31PL61109010140000071219812874", None),
    ],
)
def test_mt940_subfields_without_their_code_or_with_it_twice_name_the_other_side(memo, code):
    """What is the text of a line stays so, since its id is built from it."""
    line = mt940(memo)
    assert (line.counterparty, line.counterparty_account) == ("NOWAK SP", "PL61109010140000071219812874")
    assert (line.proprietary_code, line.reference) == (code, None)
    assert "FAKTURA 12/2026" in line.memo
    assert line.memo[:3] == memo[:3]


def test_mt940_amounts_of_less_than_one():
    content = BARE.replace(b"C10,00N", b"C,50N").replace(b"EUR5,\n", b"EUR,00\n")
    assert (lines(content)[0].amount, statements(content)[0].opening_balance) == (Decimal("0.5"), 0)


def test_csv_symbols_of_czechia_and_slovakia():
    (profile,) = (p for p in load_csv_profiles(SEED) if p.profile_code == "sparkasse_camt")
    own = profile._replace(creditor_reference="Symbols?", end_to_end_id="E2E", status=None)
    header = ";".join(dict.fromkeys([*own.headers(), "Symbols"]))
    values = dict.fromkeys(header.split(";"), "") | {"Buchungstag": "05.01.26", "Betrag": "1,00"}
    values |= {"Auftragskonto": "7", "Waehrung": "EUR"}
    for told in ({"E2E": SYMBOLS}, {"Symbols": "VS:2026000123 KS:0308 SS:77"}):
        text = f"{header}\n{';'.join((values | told).values())}\n"
        (line, _) = read(io.BytesIO(text.encode()), [own], "x.csv")
        assert line.creditor_reference == "2026000123 77"


@pytest.mark.parametrize(
    ("memo", "counterparty"),
    [
        ("GUTSCHRIFT AUFTRAGGEBER: MÜHLE AG MITTEILUNGEN: RE 77", "MÜHLE AG"),
        ("Rachunek nadawcy: 61 10 Nazwa nadawcy: NOWAK SP Tytuł: FV 77", "NOWAK SP"),
        ("GÖNDEREN: DEĞİRMEN AŞ AÇIKLAMA: FAT 77", "DEĞİRMEN AŞ"),
        ("TRANSFERENCIA ORDENANTE: MOLINO SA CONCEPTO: FRA 77", "MOLINO SA"),
        ("BONIFICO ORDINANTE: MULINO SRL CAUSALE: FATT 77", "MULINO SRL"),
        # One slash between the side and its name.
        ("/ORDP/NAME/MILL LTD/REMI/INV77/EREF/E77", "MILL LTD"),
    ],
)
def test_mt940_labels_of_other_languages(memo, counterparty):
    assert mt940(memo).counterparty == counterparty


def test_mt940_text_among_amounts_is_kept():
    assert mt940("/OCMT/SEK20,00/CHGS/SEK5,00/MILL LTD").memo == "/OCMT/SEK20,00/CHGS/SEK5,00/MILL LTD"
