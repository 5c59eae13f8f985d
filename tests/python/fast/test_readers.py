"""Golden samples worked out by hand, one format after the other, and what each must refuse."""

from __future__ import annotations

import datetime
import io
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.collect.readers import detect, load_csv_profiles, read
from orchestration.lake.datasets import BankStatement, BankStatementLine, BankStatementLineDetail
from orchestration.lake.errors import UnreadableFile

SAMPLES = Path(__file__).parents[1] / "samples"
PROFILES = load_csv_profiles(Path(__file__).parents[3] / "seeds" / "reference" / "csv_profiles.csv")


def rows(content: bytes) -> list:
    return list(read(io.BytesIO(content), PROFILES))


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def lines(content: bytes) -> list[BankStatementLine]:
    return [row for row in rows(content) if isinstance(row, BankStatementLine)]


def statements(content: bytes) -> list[BankStatement]:
    return [row for row in rows(content) if isinstance(row, BankStatement)]


def refusal(content: bytes) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        rows(content)
    return caught.value


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("statement.camt053.xml", "camt.053"),
        ("statement.mt940", "mt940"),
        ("statement.bai2", "bai2"),
        ("statement.ofx", "ofx"),
        ("statement_us.csv", "csv"),
    ],
)
def test_format_is_told_by_content(name, expected):
    content = sample(name)
    assert detect(content) == expected
    assert detect(b"\xef\xbb\xbf\n \n" + content) == expected
    assert detect(content.decode().encode("utf-16")) == expected


def test_formats_without_a_sample_file():
    assert detect(b"<Document><BkToCstmrAcctRpt><Rpt/></BkToCstmrAcctRpt></Document>") == "camt.052"
    assert detect(b"<a:Document><a:BkToCstmrDbtCdtNtfctn>") == "camt.054"
    assert detect(MT942) == "mt942"
    assert detect(b"\x89PNG\x00\x01") is None
    assert detect(b"<html></html>") is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"%PDF-1.4\n1,2", "the file is a PDF: deliver what the bank exports as CAMT, MT940 or CSV"),
        (b"\xd0\xcf\x11\xe0,", "the file is an Excel workbook: deliver what the bank"),
        (b"PK\x03\x04..[Content_Types].xml", "the file is a workbook: deliver what the bank"),
        (b"PK\x03\x04..statement.sta", "the file is compressed (zip): deliver what is in it"),
        (b'{\n "a": 1, "b": 2}', "the format is none of CAMT, MT940, MT942, BAI2, OFX, QIF and CSV"),
        (b"<?xml version='1.0'?><d:Document><CstmrCdtTrfInitn/>", "CSV, but <d:Document><CstmrCdtTrfInitn>"),
    ],
)
def test_what_is_no_statement_is_named(content, reason):
    assert detect(content) is None
    assert reason in str(refusal(content))


@pytest.mark.parametrize("content", [b"", b" \n\r\n", b"\n"])
def test_empty_file(content):
    assert str(refusal(content)) == "the file is empty"


@pytest.mark.parametrize("name", [path.name for path in sorted(SAMPLES.iterdir())])
def test_statement_follows_its_lines(name):
    open_statement = 0
    for row in rows(sample(name)):
        if isinstance(row, BankStatement):
            open_statement = max(open_statement, row.statement_number)
        elif not name.endswith(".csv"):
            assert row.statement_number == open_statement + 1


class ShortReads(io.RawIOBase):
    """A stream that gives one byte at a time and cannot seek."""

    def __init__(self, content: bytes) -> None:
        self.content = io.BytesIO(content)

    def read(self, size: int = -1) -> bytes:
        return self.content.read(min(size, 1))


@pytest.mark.parametrize("name", [path.name for path in sorted(SAMPLES.iterdir())])
def test_stream_need_not_seek_nor_fill_its_reads(name):
    content = sample(name)
    assert list(read(ShortReads(content), PROFILES)) == rows(content)


# CAMT


def test_camt_golden():
    content = sample("statement.camt053.xml")
    first, reversal, pending = lines(content)
    assert first == BankStatementLine(
        1, 1, 12, "DE89370400440532013000", "EUR", Decimal("-1526"), "booked", False, "BATCH-7", "B1",
        None, None, None, "PMNT-ICDT-ESCT", Decimal("-26.00"), None, None,
        day("2026-01-05"), day("2026-01-06"),
        customer_reference="BATCH-7", transaction_code_scheme="iso20022", entry_reference="N1",
    )  # fmt: skip
    assert (reversal.amount, reversal.is_reversal) == (Decimal("10.00"), True)
    assert (reversal.reference, reversal.counterparty) == ("E9", "Gone Ltd")
    assert reversal.booked_on == day("2026-01-05")
    assert (pending.amount, pending.booking_status) == (Decimal("-0.00001"), "pending")
    assert (pending.booked_on, pending.value_on, pending.memo) == (day("2026-01-05"), None, "dust")
    details = [row for row in rows(content) if isinstance(row, BankStatementLineDetail)]
    assert details[0] == BankStatementLineDetail(
        1, 1, 1, 18, "EUR", Decimal("-1000"), "E1", None, "Supplier One", "NL91ABNA0417164300",
        "Invoice 1 and 2", None, None, None,
        end_to_end_id="E1", creditor_name="Supplier One",
    )  # fmt: skip
    assert (details[1].amount, details[1].reference) == (Decimal("-500"), "I2")
    assert (details[2].amount, details[2].entry_number) == (Decimal("10.00"), 2)
    assert statements(content) == [
        BankStatement(
            1, 5, "statement", "DE89370400440532013000", "EUR", "S1", 17, None, Decimal("5000.00"),
            Decimal("3483.99999"), day("2026-01-05"), day("2026-01-04"), day("2026-01-05"),
            other_balances="OPAV EUR 9",
        ),
        BankStatement(2, 28, "statement", "123-4", "USD", "S2", None, None, None, None, None, None, None),
    ]  # fmt: skip


def test_camt_names_the_bank_of_a_number_that_is_no_iban():
    content = sample("statement.camt053.xml")
    member = b"<Svcr><FinInstnId><ClrSysMmbId><MmbId>021000021</MmbId></ClrSysMmbId></FinInstnId></Svcr>"
    content = content.replace(b"</Acct>", member + b"</Acct>")
    assert [statement.bank_id for statement in statements(content)] == [None, "021000021"]


def test_camt_without_namespace_and_with_a_prefix_reads_alike():
    content = sample("statement.camt053.xml")
    namespace = b' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"'
    assert rows(content.replace(namespace, b"")) == rows(content)
    assert rows(content.replace(namespace, b' xmlns="ISO:camt.053.001.02:DRAFT"')) == rows(content)


def test_camt_after_blank_lines():
    content = sample("statement.camt053.xml")
    assert rows(b"\xef\xbb\xbf \r\n\n" + content) == rows(content)


def test_camt_opening_booked_wins_over_previous_closing():
    content = sample("statement.camt053.xml").replace(b"<Cd>OPAV</Cd>", b"<Cd>OPBD</Cd>")
    assert statements(content)[0].opening_balance == 9


def test_camt_owner_is_not_the_counterparty():
    content = sample("statement.camt053.xml").replace(b"<Dbtr><Nm>Ourselves</Nm></Dbtr>", b"")
    assert lines(content)[1].counterparty == "Gone Ltd"
    assert lines(content.replace(b"<RvslInd>true</RvslInd>", b""))[1].counterparty is None


def test_camt_balance_in_another_currency_is_not_the_accounts():
    content = sample("statement.camt053.xml").replace(b'"EUR">3483', b'"SEK">3483')
    assert str(refusal(content)) == "the balance CLBD is in SEK alone, the account in EUR (line 11)"
    beside = (
        b'<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="SEK">9</Amt>'
        b"<CdtDbtInd>CRDT</CdtDbtInd></Bal><Ntry>"
    )
    statement = statements(sample("statement.camt053.xml").replace(b"<Ntry>", beside, 1))[0]
    assert (statement.closing_balance, statement.other_balances) == (
        Decimal("3483.99999"),
        "OPAV EUR 9; CLBD SEK 9",
    )


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b">1526<", b">15.123456<", "'15.123456' has more than 5 decimals (line 12)"),
        (b">1526<", b">NaN<", "'NaN' is not an amount (line 12)"),
        (b">1526<", b">1e3<", "'1e3' is not an amount (line 12)"),
        (b">1526<", b">-1526<", "CdtDbtInd alone gives the direction (line 12)"),
        (b">1526<", b">" + b"9" * 24 + b"<", "more than 23 integer digits (line 12)"),
        (b"<Dt>2026-01-05</Dt></BookgDt>", b"<Dt>2026-02-30</Dt></BookgDt>", "'2026-02-30' is not a date"),
        (b"<Cd>BOOK</Cd>", b"<Cd>XXXX</Cd>", "the entry status is 'XXXX'"),
        (b"<Sts><Cd>BOOK</Cd></Sts>", b"", "the entry states no status (Sts) (line 12)"),
        (b'"EUR">1526', b'"USD">1526', "an entry in USD stands in an account in EUR (line 12)"),
        (b"</Document>", b"", "the XML cannot be parsed: Premature end"),
        (b"<IBAN>DE89 3704 0044 0532 0130 00</IBAN>", b"", "the statement names no account (line 5)"),
    ],
)
def test_camt_refuses(old, new, reason):
    content = sample("statement.camt053.xml")
    assert old in content
    assert reason in str(refusal(content.replace(old, new, 1)))


@pytest.mark.parametrize(
    ("amounts", "original"),
    [
        # The customer's instruction counts before what was transacted, and that before the counter value.
        (
            b'<InstdAmt><Amt Ccy="USD">1650.25</Amt></InstdAmt><TxAmt><Amt Ccy="GBP">1300</Amt></TxAmt>',
            ("USD", Decimal("-1650.25")),
        ),
        (
            b'<InstdAmt><Amt Ccy="EUR">1500</Amt></InstdAmt><TxAmt><Amt Ccy="GBP">1300</Amt></TxAmt>',
            ("GBP", Decimal("-1300")),
        ),
        (
            b'<TxAmt><Amt Ccy="EUR">1500</Amt></TxAmt><CntrValAmt><Amt Ccy="JPY">245000</Amt></CntrValAmt>',
            ("JPY", Decimal("-245000")),
        ),
        (b'<TxAmt><Amt Ccy="EUR">1500</Amt></TxAmt>', (None, None)),
        (b'<InstdAmt><Amt Ccy="USD">0</Amt></InstdAmt>', (None, None)),
    ],
)
def test_camt_original_amount_of_an_entry(amounts, original):
    content = sample("statement.camt053.xml").replace(
        b"<BkTxCd>", b"<AmtDtls>" + amounts + b"</AmtDtls><BkTxCd>", 1
    )
    line = lines(content)[0]
    assert (line.original_currency, line.original_amount) == original


def test_camt_original_amount_of_a_detail():
    """The entry of one detail takes the detail's; details keep the amount in the account's currency."""
    instructed, transacted = b'<Amt Ccy="USD">11.5</Amt>', b'<Amt Ccy="EUR">10</Amt>'
    amounts = b"<InstdAmt>" + instructed + b"</InstdAmt><TxAmt>" + transacted + b"</TxAmt>"
    content = sample("statement.camt053.xml").replace(
        b"<Refs><EndToEndId>E9</EndToEndId></Refs>",
        b"<Refs><EndToEndId>E9</EndToEndId></Refs><AmtDtls>" + amounts + b"</AmtDtls>",
    )
    detail = [row for row in rows(content) if isinstance(row, BankStatementLineDetail)][2]
    assert (detail.currency, detail.amount) == ("EUR", 10)
    assert (detail.original_currency, detail.original_amount) == ("USD", Decimal("11.5"))
    line = lines(content)[1]
    assert (line.original_currency, line.original_amount) == ("USD", Decimal("11.5"))


def test_camt_zeros_beyond_the_fifth_decimal_are_dropped():
    content = sample("statement.camt053.xml").replace(b">1526<", b">1526.5000000<")
    assert lines(content)[0].amount == Decimal("-1526.5")


@pytest.mark.parametrize(
    "dtd",
    [
        b'<!DOCTYPE d [<!ENTITY a "x"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        b'<!DOCTYPE d SYSTEM "http://localhost:1/x.dtd">',
    ],
)
def test_camt_refuses_a_dtd(dtd):
    content = sample("statement.camt053.xml").replace(b"<Document", dtd + b"<Document", 1)
    content = content.replace(b"<MsgId>M1", b"<MsgId>" + (b"&b;" if b"ENTITY a" in dtd else b""))
    assert "DTD" in str(refusal(content)) or "XML" in str(refusal(content))


# MT940 and MT942

MT942 = b""":20:ST1
:25:PL29114010810000267002001002
:28C:1/1
:34F:PLN0
:13D:2601191815+0100
:61:2601190119CN0,01NTRFNONREF//M1
:90D:0PLN0,00
:90C:1PLN0,01
-"""


def test_mt940_golden():
    content = sample("statement.mt940")
    first, second, third, fourth = lines(content)
    assert first == BankStatementLine(
        1, 1, 6, "NL91ABNA0417164300", "EUR", Decimal("-10.50"), "booked", True, "E2E-1", "BANK1", "Acme BV",
        "NL91ABNA0417164300", "Invoice 7", "NTRF", None, None, None, day("2026-01-02"), day("2025-12-31"),
        end_to_end_id="E2E-1", transaction_code_scheme="swift",
    )  # fmt: skip
    assert (second.amount, second.is_reversal, second.reference) == (Decimal("0.50"), True, "CUST2")
    assert (second.charges_amount, second.memo) == (Decimal("-0.10"), "/OCMT/EUR1,00//CHGS/EUR0,10")
    assert (third.amount, third.booked_on, third.value_on) == (-100, day("2026-02-28"), day("2026-02-28"))
    assert (third.reference, third.counterparty, third.memo) == ("E3", "Vermieter GmbH", "Miete Februar")
    assert third.counterparty_account == "DE89370400440532013000"
    assert (fourth.booking_status, fourth.memo) == ("pending", "plain text on two lines")
    assert statements(content) == [
        BankStatement(
            1, 2, "statement", "NL91ABNA0417164300", "EUR", "REF1", 12, None, Decimal("1000.00"),
            Decimal("889.00"), None, day("2025-12-30"), day("2026-03-02"),
        )
    ]  # fmt: skip


def test_mt942_is_intraday_and_has_no_balances():
    (statement,) = statements(MT942)
    assert (statement.message_type, statement.opening_balance, statement.closing_balance) == (
        "intraday", None, None,
    )  # fmt: skip
    assert (statement.currency, statement.closing_on) == ("PLN", day("2026-01-19"))
    assert [line.amount for line in lines(MT942)] == [Decimal("0.01")]


def test_mt942_totals_are_proved():
    assert "declare 2 entries of net 0.01" in str(refusal(MT942.replace(b":90C:1PLN", b":90C:2PLN")))


BARE = b""":20:A
:25:10020030/1234567
:28C:5/2
:60M:D260101EUR5,
:61:2601010101C10,00NTRFNONREF
:62M:C260101EUR5,00"""


def test_mt940_pages_bare_without_a_last_line_end():
    (statement,) = statements(BARE)
    assert (statement.sequence_number, statement.page_number) == (5, 2)
    assert (statement.account_number, statement.opening_balance) == ("10020030/1234567", -5)
    assert len(statements(BARE + b"\r\n-\r\n" + BARE)) == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_carriage_returns_alone_end_lines(encoding):
    content = BARE.replace(b"\n", b"\r").decode().encode(encoding)
    assert rows(content) == rows(BARE)
    broken = content.decode(encoding).replace("C10,00", "X10,00").encode(encoding)
    assert refusal(broken).position == "line 5"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-16"])
def test_mt940_encodings(encoding):
    text = BARE.decode().replace("\n:62M", "\n:86:Müller 5 €\n:62M")
    assert lines(text.encode(encoding))[0].memo == "Müller 5 €"


def test_mt940_iban_and_name_in_the_first_memo_line():
    content = BARE.replace(b"\n:62M", b"\n:86:NL91ABNA0417164300 hr j jansen\n\nfor lunch\n:62M")
    line = lines(content)[0]
    assert (line.counterparty, line.counterparty_account, line.memo) == (
        "hr j jansen", "NL91ABNA0417164300", "for lunch",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"\n:62M:C260101EUR5,00", b"", "ends without its closing balance"),
        (b"2601010101C", b"2613010101C", "'261301' is not a date (line 5)"),
        (b"C10,00", b"X10,00", "is not a statement line :61: (line 5)"),
        (b"C10,00", b"C10,123456", "more than 5 decimals (line 5)"),
        (b":28C:", b":99Z:", "the field :99Z: is not part of an MT940 or MT942 (line 3)"),
        (b":60M:D260101EUR5,\n", b"", "an entry :61: stands before the opening balance"),
        (b":62M:C260101EUR5", b":62M:C260101USD5", "opens in EUR and closes in USD (line 6)"),
        (b":25:10020030/1234567\n", b"", "before the account"),
    ],
)
def test_mt940_refuses(old, new, reason):
    assert old in BARE
    assert reason in str(refusal(BARE.replace(old, new, 1)))


@pytest.mark.parametrize("part", [b":61:2601010101C10,00NTRF\n:86:text, more", b":62F:C260101EUR5,00"])
def test_mt940_fragment_is_told_as_one(part):
    assert "stands before any :20:" in str(refusal(part))


def test_mt940_long_statement_number():
    assert statements(BARE.replace(b":28C:5/2", b":28C:1810118101"))[0].sequence_number == 1810118101


def test_mt940_slash_before_the_account_is_not_part_of_it():
    content = BARE.replace(b":25:10020030/1234567", b":25:/RO19INGB0000999904621843")
    assert statements(content)[0].account_number == "RO19INGB0000999904621843"


@pytest.mark.parametrize(
    ("memo", "expected"),
    [
        # A time cut at the line's end looks like a tag.
        (b"106?20SVWZ+2026-01-01T16\n:26:37 No. 7?32Acme", (None, "Acme", None, "2026-01-01T16:26:37 No. 7")),
        # A question mark within the text starts no sub-field.
        (b"166?20Rent?96.1?32Acme", (None, "Acme", None, "Rent?96.1")),
        # Empty sub-fields, and an IBAN in place of the name's second part.
        (b"035~20Rent~21   ~32Acme ~33DE89370400440532\n013000~23~", (
            None, "Acme", "DE89370400440532013000", "Rent",
        )),
    ],
)  # fmt: skip
def test_mt940_subfields(memo, expected):
    (line,) = lines(BARE.replace(b"\n:62M", b"\n:86:" + memo + b"\n:62M"))
    assert (line.reference, line.counterparty, line.counterparty_account, line.memo) == expected


def test_mt940_notes_of_an_entry():
    notes = b"\n:NS:01Rent\n02January\n15Acme\n16 Ltd\n17ENTRY\n340123"
    (line,) = lines(BARE.replace(b"\n:62M", notes + b"\n:62M"))
    assert (line.counterparty, line.counterparty_account, line.memo) == ("Acme Ltd", "0123", "Rent January")
    assert lines(BARE.replace(b"\n:62M", b"\n:86:Memo" + notes + b"\n:62M"))[0].memo == "Memo"


@pytest.mark.parametrize("reference", [b"NONREF", b".", b"000", b"-"])
def test_mt940_reference_that_is_none(reference):
    (line,) = lines(BARE.replace(b"NONREF", reference + b"//" + reference))
    assert (line.reference, line.bank_reference) == (None, None)


@pytest.mark.parametrize(
    ("memo", "original"),
    [
        (b"/OCMT/USD12,5//EXCH/1,25/", ("USD", Decimal("12.5"))),
        (b"/EREF/X//OCMT/GBP8,/", ("GBP", Decimal(8))),
        (b"106?20EREF+X?21SVWZ+/OCMT/US?22D12,50/", ("USD", Decimal("12.50"))),
        (b"106?20Invoice /OC?21MT/USD1250,/", ("USD", Decimal("1250"))),
        (b"/OCMT/EUR10,00/", (None, None)),
        (b"/EXCH/1,25/", (None, None)),
        (b"/OCMT/USD1234567890123456,00/", (None, None)),
    ],
)
@pytest.mark.parametrize("mark", [b"C", b"D"])
def test_mt940_original_amount(memo, original, mark):
    (line,) = lines(BARE.replace(b"\n:62M", b"\n:86:" + memo + b"\n:62M").replace(b"C10,00", mark + b"10,00"))
    currency, amount = original
    signed = amount if mark == b"C" or amount is None else -amount
    assert (line.original_currency, line.original_amount) == (currency, signed)


def test_mt940_original_amount_in_the_supplementary_details():
    (line,) = lines(BARE.replace(b"NONREF", b"NONREF\n/OCMT/USD11,70//CHGS/EUR0,10/"))
    assert (line.original_currency, line.original_amount) == ("USD", Decimal("11.70"))


def test_mt940_refuses_an_envelope_cut_short():
    content = sample("statement.mt940").replace(b"-}", b"")
    assert "-} is missing" in str(refusal(content))


# BAI2


def test_bai2_golden():
    content = sample("statement.bai2")
    first, second, third, yen = lines(content)
    assert first == BankStatementLine(
        1, 1, 5, "0975312468", "USD", Decimal("1.00"), "booked", False, "CR1", "BR1", None, None,
        "DEALER, PAYMENT CONTINUED", "165", None, None, None, day("2026-01-05"), None,
        customer_reference="CR1", transaction_code_scheme="bai2",
    )  # fmt: skip
    assert (second.amount, second.value_on, second.reference) == (-5, day("2026-01-07"), "CR2")
    assert (third.amount, third.memo, third.bank_reference) == (-5, "FEE", None)
    assert (yen.amount, yen.currency) == (1200, "JPY")
    assert statements(content) == [
        BankStatement(
            1, 3, "statement", "0975312468", "USD", "77", None, None, Decimal("5000.00"),
            Decimal("4991.00"), None, day("2026-01-05"), day("2026-01-05"),
        ),
        BankStatement(
            2, 10, "statement", "555", "JPY", "77", None, None, None, Decimal("1200"), None,
            day("2026-01-05"), day("2026-01-05"),
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            b"49,141000200,",
            b"49,141000201,",
            "record 49: the control total is declared as 141000201 and counted as 141000200 (line 9)",
        ),
        (b"49,2400,3", b"49,2400,4", "record 49: the number of records is declared as 4 and counted as 3"),
        (b"98,141002600,2,", b"98,141002600,3,", "record 98: the number of accounts is declared as 3"),
        (b"99,141002600,1,14", b"99,141002600,1,15", "record 99: the number of records is declared as 15"),
        (b"99,141002600,1,14/\n", b"", "the file ends without record 99 (line 13)"),
        (b"16,475,500,V", b"16,475,500,Q", "the funds type is 'Q'"),
        (b"16,475", b"16,015", "the type code 015 is neither a credit nor a debit"),
        (b"16,475,500", b"16,475,5.00", "the amount is '5.00', not an integer (line 7)"),
        (b"260105,2359", b"261305,2359", "'261305' is not a date (line 2)"),
        (b"98,141002600,2,12/\n", b"", "record '99' cannot follow 49 (line 13)"),
    ],
)  # fmt: skip
def test_bai2_refuses(old, new, reason):
    content = sample("statement.bai2")
    assert old in content
    assert reason in str(refusal(content.replace(old, new, 1)))


def test_bai2_loan_codes():
    content = sample("statement.bai2")
    assert lines(content.replace(b"16,475,", b"16,721,"))[1].amount == 5
    assert lines(content.replace(b"16,475,", b"16,760,"))[1].amount == -5


# OFX


@pytest.mark.parametrize("one_line", [False, True])
def test_ofx_golden(one_line):
    content = sample("statement.ofx")
    if one_line:
        content = content.replace(b"\n", b"")
    first, second = lines(content)
    assert first == BankStatementLine(
        1, 1, 1 if one_line else 11, "12345", "USD", Decimal("-12.50"), "booked", False, "1001", "F1",
        "A & B", None, None, "CHECK", None, None, None, day("2026-01-05"), None,
        cheque_number="1001", transaction_code_scheme="ofx",
    )  # fmt: skip
    assert (second.amount, second.reference, second.memo) == (Decimal("1234.50"), "R2", "line")
    assert second.counterparty == "Café Ltd"
    bank, card = statements(content)
    assert (bank.closing_balance, bank.period_start_on, bank.closing_on) == (
        None, day("2026-01-01"), day("2026-01-31"),
    )  # fmt: skip
    assert (card.account_number, card.closing_balance) == ("4111", Decimal("-5.00"))


@pytest.mark.parametrize(
    ("bank", "account", "expected"),
    [
        (b"021000021", b"12 345", "021000021"),
        (b"0000", b"12 345", None),
        (b"1", b"DE89370400440532013000", None),
    ],
)
def test_ofx_names_the_bank_of_a_number_that_is_no_iban(bank, account, expected):
    content = sample("statement.ofx").replace(
        b"<BANKID>1<ACCTID>12 345", b"<BANKID>%b<ACCTID>%b" % (bank, account)
    )
    assert statements(content)[0].bank_id == expected


def test_ofx_charset_is_the_declared_one_where_utf8_fails():
    content = sample("statement.ofx").replace("Café".encode(), "Café".encode("cp1252"))
    assert lines(content)[1].counterparty == "Café Ltd"


def test_ofx_cheque_number_zero_is_none():
    content = sample("statement.ofx").replace(b"<CHECKNUM>1001", b"<CHECKNUM>0")
    assert lines(content)[0].reference is None


@pytest.mark.parametrize("charset", ["hex", "no-such-charset", "idna"])
def test_ofx_charset_that_is_none(charset):
    content = sample("statement.ofx").replace(b"CHARSET:1252", f"CHARSET:{charset}".encode())
    assert len(lines(content)) == 2
    broken = content.replace("Café".encode(), b"Caf\x81\xff")
    assert "nothing tells its encoding: the byte 81 is nothing in cp1252" in str(refusal(broken))


# CURRATE is CURDEF for one of CURSYM: at 0.80, 12.50 of the account's USD were 15.63 CAD (15.625).
@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [
        (b"<ORIGCURRENCY><CURRATE>0.80<CURSYM>CAD</ORIGCURRENCY>", ("-12.50", "CAD", "-15.63")),
        (b"<ORIGCURRENCY><CURRATE>0,80<CURSYM>CAD</ORIGCURRENCY>", ("-12.50", "CAD", "-15.63")),
        (b"<ORIGCURRENCY><CURRATE>0.0065<CURSYM>JPY</ORIGCURRENCY>", ("-12.50", "JPY", "-1923")),
        (b"<ORIGCURRENCY><CURRATE>1.0<CURSYM>USD</ORIGCURRENCY>", ("-12.50", None, None)),
        # Not converted yet: 12.50 CAD at 0.81 are 10.13 USD (10.125).
        (b"<CURRENCY><CURRATE>0.81<CURSYM>CAD</CURRENCY>", ("-10.13", "CAD", "-12.50")),
        (b"<CURRENCY><CURRATE>1<CURSYM>USD</CURRENCY>", ("-12.50", None, None)),
    ],
)
def test_ofx_original_amount(aggregate, expected):
    content = sample("statement.ofx").replace(b"<MEMO></STMTTRN>", aggregate + b"<MEMO></STMTTRN>")
    line = lines(content)[0]
    amount, currency, original = expected
    assert line.amount == Decimal(amount)
    assert (line.original_currency, line.original_amount) == (currency, original and Decimal(original))


@pytest.mark.parametrize("rate", [b"<CURRATE>0", b"<CURRATE>-1", b"<CURRATE>1E9", b"<CURRATE>0.00000", b""])
@pytest.mark.parametrize("aggregate", [b"CURRENCY", b"ORIGCURRENCY"])
def test_ofx_refuses_a_rate_that_is_none(aggregate, rate):
    with_rate = b"<" + aggregate + b">" + rate + b"<CURSYM>CAD</" + aggregate + b"></STMTTRN>"
    content = sample("statement.ofx").replace(b"</STMTTRN>", with_rate, 1)
    assert "not a rate above zero (line 11)" in str(refusal(content))


def test_ofx_two_closes_every_leaf():
    content = b"""<?xml version="1.0" encoding="UTF-8"?><?OFX OFXHEADER="200" VERSION="211"?>
<OFX><STMTRS><CURDEF>EUR</CURDEF><BANKACCTFROM><ACCTID>1</ACCTID></BANKACCTFROM><BANKTRANLIST>
<STMTTRN><TRNTYPE>FEE</TRNTYPE><DTPOSTED>20260105</DTPOSTED><TRNAMT>-1</TRNAMT><FITID>F</FITID>
<MEMO><![CDATA[a <b> c]]></MEMO><NAME/></STMTTRN></BANKTRANLIST>
<LEDGERBAL><BALAMT></BALAMT><DTASOF>20260131</DTASOF></LEDGERBAL></STMTRS></OFX>"""
    (line,) = lines(content)
    assert (line.amount, line.memo, line.counterparty) == (-1, "a <b> c", None)
    assert statements(content)[0].closing_balance is None


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"</OFX>", b"", "the file ends without </OFX>"),
        (b"</STMTTRN>\n</BANKTRANLIST>", b"</BANKTRANLIST>", "</BANKTRANLIST> closes <STMTTRN>"),
        (b"-12,50", b"$12", "'$12' is not an amount (line 11)"),
        (b"20260106", b"20261306", "'20261306' is not a date"),
        (b"<CURDEF>USD", b"", "names no currency"),
        (b"<OFX>", b"<!DOCTYPE x><OFX>", "DTD"),
    ],
)
def test_ofx_refuses(old, new, reason):
    content = sample("statement.ofx")
    assert old in content
    assert reason in str(refusal(content.replace(old, new, 1)))


# CSV


def test_csv_golden_newest_first_two_accounts():
    content = sample("statement_us.csv")
    first, second, other = lines(content)
    assert first == BankStatementLine(
        1, 1, 4, "111", "USD", Decimal("-1000.50"), "booked", False, "R2", "B2", "Acme", None,
        '=HYPERLINK("x")', None, None, None, None, day("2026-01-06"), day("2026-01-06"),
    )  # fmt: skip
    assert (second.line_number, second.memo, second.value_on) == (5, "two lines", None)
    assert (other.line_number, other.statement_number, other.entry_number) == (7, 2, 1)
    one, two = statements(content)
    assert (one.opening_balance, one.closing_balance) == (Decimal("1500.00"), Decimal("999.50"))
    assert (one.opening_on, one.closing_on) == (day("2026-01-05"), day("2026-01-06"))
    assert (two.opening_balance, two.closing_balance) == (0, 5)


GERMAN = """IBAN;Buchungstag;Valutadatum;Name;Verwendungszweck;Referenz;Betrag;Währung;Saldo
DE89;02.01.2026;02.01.2026;Müller;Miete;R1;-1.000,50;EUR;-1.000,50
"""


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16"])
def test_csv_german(encoding):
    (line,) = lines(GERMAN.encode(encoding))
    assert (line.amount, line.counterparty) == (Decimal("-1000.50"), "Müller")


BRITISH = b"""\
Transaction Date,Transaction Type,Account Number,Transaction Description,Debit Amount,Credit Amount,\
Balance
05/01/2026,DEB,1234,COFFEE,2.50,,97.50
06/01/2026,FPI,1234,PAY,,10.00,107.50
"""


def test_csv_debit_and_credit_columns():
    assert [line.amount for line in lines(BRITISH)] == [Decimal("-2.50"), Decimal("10.00")]
    (statement,) = statements(BRITISH)
    assert (statement.currency, statement.opening_balance, statement.closing_balance) == (
        "GBP", Decimal("100.00"), Decimal("107.50"),
    )  # fmt: skip


def test_csv_of_one_description():
    content = b"""Account,Date,Description,Amount,Balance
0044,01/05/2026,"CHECK 1041",-1250.00,98750.00
"""
    (line,) = lines(content)
    assert (line.account_number, line.currency, line.amount, line.memo, line.booked_on) == (
        "0044", "USD", Decimal("-1250.00"), "CHECK 1041", day("2026-01-05"),
    )  # fmt: skip
    assert statements(content)[0].opening_balance == Decimal("100000.00")


def test_csv_japanese():
    content = '口座番号,取引日,出金金額,入金金額,残高,摘要\n0441,2026/01/05,,"110,000",210000,振込 ｶ)ﾔﾏﾀﾞ\n'
    (line,) = lines(content.encode("cp932"))
    assert (line.currency, line.amount, line.memo) == ("JPY", 110000, "振込 ｶ)ﾔﾏﾀﾞ")
    assert statements(content.encode("cp932"))[0].opening_balance == 100000


@pytest.mark.parametrize(
    "preamble",
    [b"Statement\x0b1\n", b"Statement\x0c1\x1c2\r\n\r\n", b"\xc2\x85 Statement\r", b"\xe2\x80\xa8\n"],
)
def test_csv_header_is_counted_in_lines_as_the_rows_are(preamble):
    assert [line.amount for line in lines(preamble + BRITISH)] == [Decimal("-2.50"), Decimal("10.00")]


def test_csv_without_line_ends_is_refused():
    assert "no profile declares the header" in str(refusal(b"Title\x0b" + BRITISH.replace(b"\n", b"\x0b")))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b",2.50,,", b",2.50,", "the row has 6 columns, the header 7 (line 2)"),
        (b"2.50,,", b"2.50,3.00,", "has a debit '2.50' and a credit '3.00' (line 2)"),
        (b"2.50,,", b",,", "has neither a debit nor a credit (line 2)"),
        (b"05/01", b"05/13", "'05/13/2026' is not a date (line 2)"),
        (b"2.50,,", b"2;50,,", "'2;50' is not an amount (line 2)"),
        (b"COFFEE", b'"COF', "is not valid CSV"),
        (b"Balance", b"Bal", "next step: add this row to seeds/reference/csv_profiles.csv"),
    ],
)
def test_csv_refuses(old, new, reason):
    assert old in BRITISH
    assert reason in str(refusal(BRITISH.replace(old, new, 1)))


def with_originals(tmp_path: Path) -> list:
    """The profiles, with original amounts declared for the British one."""
    british = next(profile for profile in PROFILES if profile.profile_code == "gb_debit_credit")
    return [british._replace(original_amount="Foreign", original_currency="Unit")]


def test_csv_original_amount_takes_the_sign_of_the_amount(tmp_path):
    profiles = with_originals(tmp_path)
    content = (
        BRITISH.replace(b"Balance\n", b"Balance,Foreign,Unit\n")
        .replace(b"97.50\n", b"97.50,3.00,EUR\n")
        .replace(b"107.50\n", b"107.50,,EUR\n")
    )
    found = [row for row in read(io.BytesIO(content), profiles) if isinstance(row, BankStatementLine)]
    originals = [(line.original_currency, line.original_amount) for line in found]
    assert originals == [("EUR", Decimal("-3.00")), (None, None)]
    with pytest.raises(UnreadableFile, match="has no currency"):
        list(read(io.BytesIO(content.replace(b"3.00,EUR", b"3.00,")), profiles))


def test_csv_profiles_are_checked(tmp_path):
    seed = (Path(__file__).parents[3] / "seeds" / "reference" / "csv_profiles.csv").read_text()
    path = tmp_path / "csv_profiles.csv"
    path.write_text(seed.replace("credit_positive", "credit_negative"))
    with pytest.raises(ValueError, match="us_amount: sign is neither"):
        load_csv_profiles(path)
