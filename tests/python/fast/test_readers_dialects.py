"""What versions and banks do to each format: golden samples by hand, one per trap."""

from __future__ import annotations

from decimal import Decimal

import pytest
from test_readers import BARE, day, lines, refusal, rows, sample, statements

from orchestration.lake.datasets import BankStatementLine

# CAMT

SUMMARY = (
    b"<TxsSummry><TtlNtries><NbOfNtries>3</NbOfNtries><Sum>1536.00001</Sum>"
    b"<TtlNetNtry><Amt>1516.00001</Amt><CdtDbtInd>DBIT</CdtDbtInd></TtlNetNtry></TtlNtries>"
    b"<TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>10.00</Sum></TtlCdtNtries>"
    b"<TtlDbtNtries><NbOfNtries>2</NbOfNtries><Sum>1526.00001</Sum></TtlDbtNtries></TxsSummry>"
)


def with_summary(summary: bytes) -> bytes:
    return sample("statement.camt053.xml").replace(b"\n<Ntry>", summary + b"\n<Ntry>", 1)


def test_camt_summary_that_holds():
    assert rows(with_summary(SUMMARY)) == rows(sample("statement.camt053.xml"))
    version_two = SUMMARY.replace(b"<TtlNetNtry><Amt>", b"<TtlNetNtryAmt>")
    version_two = version_two.replace(b"</Amt>", b"</TtlNetNtryAmt>").replace(b"</TtlNetNtry>", b"")
    assert rows(with_summary(version_two)) == rows(sample("statement.camt053.xml"))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"<NbOfNtries>3<", b"<NbOfNtries>4<", "TtlNtries/NbOfNtries is declared as 4 and counted as 3"),
        (b"<Sum>1536.00001", b"<Sum>1536", "TtlNtries/Sum is declared as 1536 and counted as 1536.00001"),
        (b"<NbOfNtries>1<", b"<NbOfNtries>0<", "TtlCdtNtries/NbOfNtries is declared as 0 and counted as 1"),
        (b"<Sum>10.00", b"<Sum>-10.00", "the amount '-10.00' is negative"),
        (b"<Sum>1526.0", b"<Sum>1527.0", "TtlDbtNtries/Sum is declared as 1527.00001 and counted as 1526.0"),
        (b"DBIT</CdtDbtInd></TtlNetNtry>", b"CRDT</CdtDbtInd></TtlNetNtry>", "the net of TtlNtries"),
    ],
)
def test_camt_summary_is_proved(old, new, reason):
    assert old in SUMMARY
    assert reason in str(refusal(with_summary(SUMMARY.replace(old, new))))


def test_camt_summary_on_a_page_may_be_of_all_pages():
    paged = b"<StmtPgntn><PgNb>2</PgNb><LastPgInd>true</LastPgInd></StmtPgntn><Acct>"
    content = with_summary(SUMMARY.replace(b">3<", b">9<")).replace(b"<Acct>", paged, 1)
    assert statements(content)[0].page_number == 2


VERSION_13 = b"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.13"><BkToCstmrStmt><Stmt>
<Id>S</Id><StmtPgntn><PgNb>1</PgNb><LastPgInd>true</LastPgInd></StmtPgntn>
<Acct><Id><Othr><Id>0532 0130</Id><SchmeNm><Cd>BBAN</Cd></SchmeNm></Othr></Id><Ccy>CHF</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Prtry>OPEN</Prtry></CdOrPrtry></Tp><Amt Ccy="CHF">1</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<Dt><DtTm>2026-01-05T00:00:00</DtTm></Dt></Bal>
<Ntry><Amt Ccy="CHF">12.00000</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><DtTm>2026-01-05T23:30:00-05:00</DtTm></BookgDt>
<BkTxCd><Prtry><Cd>NTRF+166</Cd><Issr>DK</Issr></Prtry></BkTxCd>
<NtryDtls><TxDtls><Refs><MsgId>M</MsgId><UETR>u</UETR></Refs>
<RltdPties><Dbtr><Agt><FinInstnId><Nm>House Bank</Nm></FinInstnId></Agt></Dbtr>
<DbtrAcct><Id><Othr><Id>77 1</Id></Othr></Id></DbtrAcct></RltdPties>
<RmtInf><Strd><RfrdDocInf><Nb>INV-1</Nb></RfrdDocInf><RfrdDocInf><Nb>INV-2</Nb></RfrdDocInf>
<CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf><AddtlRmtInf>less 2 %</AddtlRmtInf></Strd></RmtInf>
<RltdDts><IntrBkSttlmDt>2026-01-06</IntrBkSttlmDt></RltdDts></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="CHF">0</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Prtry>BOOK</Prtry></Sts>
<BookgDt><Dt>2026-01-05</Dt></BookgDt></Ntry></Stmt></BkToCstmrStmt></Document>"""


def test_camt_version_thirteen():
    line, zero = lines(VERSION_13)
    assert line == BankStatementLine(
        1, 1, 6, "05320130", "CHF", Decimal(12), "booked", False, "RF18539007547034", None, "House Bank",
        "771", "INV-1 INV-2 less 2 %", "NTRF+166", None, None, None, day("2026-01-05"), day("2026-01-06"),
        creditor_reference="RF18539007547034", uetr="u", document_numbers="INV-1 INV-2",
        debtor_name="House Bank", transaction_code_scheme="proprietary",
        proprietary_code="166", proprietary_code_scheme="gvc",
    )  # fmt: skip
    assert (zero.amount, zero.booking_status) == (0, "booked")
    assert statements(VERSION_13)[0][6:10] == (None, None, None, None)


@pytest.mark.parametrize(
    ("root", "container", "kind"),
    [
        (b"BkToCstmrAcctRpt", b"Rpt>", "intraday"),
        (b"BkToCstmrDbtCdtNtfctn", b"Ntfctn>", "notification"),
    ],
)
def test_camt_report_and_notification(root, container, kind):
    content = VERSION_13.replace(b"BkToCstmrStmt", root).replace(b"Stmt>", container)
    assert [statement.message_type for statement in statements(content)] == [kind]
    assert lines(content) == lines(VERSION_13)


# MT940: the layouts that the banks describe, with invented names


@pytest.mark.parametrize(
    ("memo", "expected"),
    [
        (  # plus signs between sub-fields, and a reference that starts like one
            b"166+00GUTSCHRIFT+20EREF+20260101+21SVWZ+Rent +22May+31DE89370400440532013000+32Acme",
            ("20260101", "Acme", "DE89370400440532013000", "Rent May"),
        ),
        (b"EREF: E-1 SVWZ: Rent May", ("E-1", None, None, "Rent May")),
        (b"166?20One ?29two ?60three?32Ac?33me", (None, "Acme", None, "One two three")),
        (  # ING
            b"/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/NAME/J. Jan\nsen/REMI/USTD//fac"
            b"tuur 12/EREF/E-2/",
            ("E-2", "J. Jansen", "NL91ABNA0417164300", "factuur 12"),
        ),
        (  # Rabobank
            b"/EREF/E-3/BENM//NAME/Energie BV/REMI/klant 7/CSID/NL99ZZZ1",
            ("E-3", "Energie BV", None, "klant 7"),
        ),
        (b"/ORDP//NAME/Huurder/REMI/mei", (None, "Huurder", None, "mei")),
        (  # ABN AMRO, slash tags and labels
            b"/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA0417164300/NAME/ACME/REMI/inv 3/EREF/NOTPROVIDED",
            (None, "ACME", "NL91ABNA0417164300", "inv 3"),
        ),
        (
            b"SEPA OVERBOEKING                 IBAN: NL91ABNA0417164300\n"
            b"BIC: ABNANL2A                    NAAM: ENERGIE BV\n"
            b"OMSCHRIJVING: KLANT 3 TERMIJN 4  KENMERK: E-5",
            ("E-5", "ENERGIE BV", "NL91ABNA0417164300", "KLANT 3 TERMIJN 4"),
        ),
        (  # PKO: the account whole in ~29, in ~30 and ~31 cut
            b"020~00PRZELEW~20FV 1~29PL27114020040000300201355387~3011402004~3100003002~32ABC~33UL. X 1",
            (None, "ABC UL. X 1", "PL27114020040000300201355387", "FV 1 PL27114020040000300201355387"),
        ),
        (  # cut at 27 characters, within a number and within a word
            b"020~00PRZELEW~20Zaplata za fakture FV-2026/~2100178 z dnia 02.01.2026 wed~22lug umowy~32ABC",
            (None, "ABC", None, "Zaplata za fakture FV-2026/00178 z dnia 02.01.2026 wedlug umowy"),
        ),
        (  # Santander Polska: the purpose in <20 to <26, behind it a name and an address
            b"020<00Uznanie<20Oplata za FV 77<27ANNA NOWAK<28UL DLUGA 1<38PL27114020040000300201355387",
            (
                None,
                "ANNA NOWAK UL DLUGA 1",
                "PL27114020040000300201355387",
                "Oplata za FV 77 ANNA NOWAK UL DLUGA 1",
            ),
        ),
        (  # a line of 65 characters goes on in the next one
            b"BETALING VAN DE FACTUREN VAN DE AFGELOPEN MAAND, NUMMERS RE-20260\n0178 EN RE-20260179\nDANK",
            (
                None,
                None,
                None,
                "BETALING VAN DE FACTUREN VAN DE AFGELOPEN MAAND, NUMMERS RE-202600178 EN RE-20260179 DANK",
            ),
        ),
        (b"BEA   NR:XX1   01.01.26\nSHOP,PAS123", (None, None, None, "BEA NR:XX1 01.01.26 SHOP,PAS123")),
    ],
)
def test_mt940_dialects(memo, expected):
    (line,) = lines(BARE.replace(b"\n:62M", b"\n:86:" + memo + b"\n:62M"))
    assert (line.reference, line.counterparty, line.counterparty_account, line.memo) == expected


def test_mt940_account_in_the_place_of_the_reference():
    """ASN and SNS: the other side's account in :61:, its name below it and again in :86:."""
    entry = b"NOVBNL91ABNA0417164300\nhr j jansen"
    memo = b"\n:86:NL91ABNA0417164300 hr j jansen\n\nlunch"
    (line,) = lines(BARE.replace(b"NTRFNONREF", entry + memo))
    expected = (None, "hr j jansen", "NL91ABNA0417164300", "lunch")
    assert (line.reference, line.counterparty, line.counterparty_account, line.memo) == expected
    (line,) = lines(BARE.replace(b"NTRFNONREF", entry))
    assert (line.counterparty, line.counterparty_account, line.memo) == (*expected[1:3], None)


@pytest.mark.parametrize("amount", [b"C1.50", b"C10,00.5", b"C1E9", b"C1,000,00", b"C1'000,00"])
def test_mt940_amount_that_is_none(amount):
    assert "is not a statement line :61:" in str(refusal(BARE.replace(b"C10,00", amount)))


# BAI2


def without_line_numbers(content: bytes) -> list:
    return [row._replace(line_number=0) for row in rows(content)]


@pytest.mark.parametrize("joint", [b"/", b"/ ", b"/   "])
def test_bai2_records_on_one_line(joint):
    content = sample("statement.bai2").replace(b"DEALER, PAYMENT\n", b"DEALER, PAYMENT/\n")
    joined = content.rstrip(b"\n").replace(b"/\n", joint)
    assert b"\n" not in joined
    assert without_line_numbers(joined) == without_line_numbers(content)
    some = content.replace(b"/\n02,", joint + b"02,", 1).replace(b"/\n49,", joint + b"49,")
    assert without_line_numbers(some) == without_line_numbers(content)


def test_bai2_text_that_looks_like_a_record():
    content = sample("statement.bai2").replace(b",,,FEE/", b",,,PAID 12/16, THANKS/")
    assert lines(content)[2].memo == "PAID 12/16, THANKS"


# OFX


def test_ofx_duplicate_identifiers_and_quicken_tags():
    content = sample("statement.ofx").replace(b"<FITID>F2", b"<FITID>F1")
    content = content.replace(b"</SONRS>", b"<INTU.BID>3000<INTU.USERID>x</SONRS>")
    assert [line.bank_reference for line in lines(content)] == ["F1", "F1"]


def test_letters_stand_for_the_code_in_bulgaria():
    memo = (
        ":86:TBB+00ПОЛУЧЕН ПРЕВОД Ф 1460001409/01.02.06\\РЕЗЕРВНИ ЧАСТИ +21Ф 1460001409 +30UBBSBGSF"
        "+31BG49UBBS82211010002018+32ФИРМА ДВЕ ООД "
    )
    content = (
        ":20:060731\n:25:BG72BFTB76301003010616\n:28:147\n:60F:C060731BGN100,00\n"
        f":61:0607310731C338,00NMSC//000001          \n{memo}\n:62F:C060731BGN438,00\n-\n"
    )
    line = lines(content.encode("cp1251"))[0]
    assert (line.counterparty, line.counterparty_account) == ("ФИРМА ДВЕ ООД", "BG49UBBS82211010002018")
    assert (line.proprietary_code, line.memo) == ("TBB", memo.removeprefix(":86:").strip())


@pytest.mark.parametrize("given", ["BNPAFRPP/{}", "//BNPAFRPP/{}EUR", "{}", "30004/{}"])
def test_an_iban_is_the_account_whatever_stands_before_it(given):
    iban = "FR7630006000011234567890189"
    account = given.format(iban)
    content = (
        f":20:S\n:25:{account}\n:28C:1\n:60F:C260114EUR0,00\n:61:260115C1,00NMSC1\n:62F:C260115EUR1,00\n-\n"
    )
    assert lines(content.encode())[0].account_number == iban
    wrong = content.replace("189", "188", 1)
    assert lines(wrong.encode())[0].account_number != iban


def test_a_dollar_stands_between_messages_of_an_archive():
    message = (
        "{1:F01UNCRBGSFAXXX0000000000}{2:I940            N}{4:\n:20:\n:25:BG64UNCR70001523557004\n:28C:5/0\n"
        ":60F:C190701EUR243,00\n:61:1907010701D1,00NTRFNONREF//737FVRO19182354B\nUNICREDIT BULBANK\n"
        ":86:051?00Вътрешнобанков превод?20FOREIGN EXCHANGE?30UNCRBGSF?31BG\n08UNCR70001523557004?32A LTD\n"
        ":62F:C190701EUR242,00\n-}"
    )
    found = rows(f"{message}${message}\n".encode("cp1251"))
    assert [row.counterparty_account for row in found if hasattr(row, "memo")] == [
        "BG08UNCR70001523557004"
    ] * 2
    assert len(found) == 4
