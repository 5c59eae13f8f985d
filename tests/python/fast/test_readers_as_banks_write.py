"""Files as banks write them: sound ones load with nothing lost, others are refused for what is wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest
from test_readers import day, lines, refusal, rows, sample, statements

from orchestration.collect.readers import detect
from orchestration.lake.datasets import BankStatementLineDetail

# CAMT

ACCOUNT = "<Acct><Id><IBAN>FR7630006000011234567890189</IBAN></Id><Ccy>EUR</Ccy></Acct>"
DATES = "<BookgDt><Dt>2026-03-04</Dt></BookgDt>"


def balance(kind: str, amount: str, currency: str = "EUR", on: str = "2026-03-04") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry>{kind}</CdOrPrtry></Tp><Amt Ccy='{currency}'>{amount}</Amt>"
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def entry(amount: str = "75.00", dates: str = DATES, more: str = "") -> str:
    return (
        f"<Ntry><NtryRef>31</NtryRef><Amt Ccy='EUR'>{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>"
        f"<Sts><Cd>BOOK</Cd></Sts>{dates}{more}</Ntry>"
    )


def camt(content: str, message: str = "BkToCstmrStmt", part: str = "Stmt", between: str = "") -> bytes:
    head = "<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-03-05T01:00:00Z</CreDtTm></GrpHdr>"
    return (
        f"<?xml version='1.0'?>{between}<Document>{between}<{message}>{head}{between}<{part}>"
        f"<Id>S</Id>{between}{ACCOUNT}{between}{content}</{part}></{message}></Document>"
    ).encode()


def exchanged(source: str, target: str, unit: str | None, rate: str, amount: str = "") -> str:
    unit_currency = f"<UnitCcy>{unit}</UnitCcy>" if unit else ""
    return (
        f"<AmtDtls><TxAmt>{amount}<CcyXchg><SrcCcy>{source}</SrcCcy><TrgtCcy>{target}</TrgtCcy>{unit_currency}"
        f"<XchgRate>{rate}</XchgRate></CcyXchg></TxAmt></AmtDtls>"
    )


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        # One dollar is 0.9 euro, one euro 1.25 dollars; 75 euro were booked.
        (exchanged("USD", "EUR", "USD", "0.9"), ("USD", "83.33")),
        (exchanged("USD", "EUR", "EUR", "1.25"), ("USD", "93.75")),
        (exchanged("USD", "EUR", None, "0.9"), ("USD", "83.33")),
        (exchanged("EUR", "USD", None, "1.25"), ("USD", "93.75")),
        (exchanged("JPY", "EUR", "JPY", "0.006"), ("JPY", "12500")),
        # Before charges 72 euro were converted.
        (exchanged("EUR", "USD", None, "1.25", "<Amt Ccy='EUR'>72.00</Amt>"), ("USD", "90.00")),
        # An amount that is said goes before one that is worked out.
        (exchanged("EUR", "USD", None, "1.25", "<Amt Ccy='USD'>93.70</Amt>"), ("USD", "93.70")),
        (exchanged("EUR", "EUR", None, "1"), None),
        # A unit that is neither of the two says nothing of them.
        (exchanged("USD", "EUR", "GBP", "0.9"), None),
    ],
)
def test_rate_without_a_foreign_amount_gives_it(details, expected):
    line = lines(camt(entry(more=details)))[0]
    found = line.original_currency and (line.original_currency, str(line.original_amount))
    assert found == expected


@pytest.mark.parametrize("rate", ["0", "-1.2", "1,2", "1e3", "NaN"])
def test_rate_that_is_none_is_refused(rate):
    found = refusal(camt(entry(more=exchanged("USD", "EUR", None, rate))))
    assert f"the exchange rate is {rate!r}, not a number above zero" in str(found)


@pytest.mark.parametrize(
    "moment",
    [
        "<DtTm>2026-03-04T00:00:00:000</DtTm>",
        "<DtTm>2026-03-04T23:59:59,999+0100</DtTm>",
        "<DtTm>2026-03-04 08:00:00</DtTm>",
        "<DtTm>2026-03-04T08:00:00.000000+01</DtTm>",
        "<DtTm>20260304T080000Z</DtTm>",
        "<Dt>2026-03-04+01:00</Dt>",
        "<Dt>20260304</Dt>",
    ],
)
def test_camt_dates_as_banks_write_them(moment):
    assert lines(camt(entry(dates=f"<BookgDt>{moment}</BookgDt>")))[0].booked_on == day("2026-03-04")


@pytest.mark.parametrize(
    "moment", ["2026-0304", "2026-03-04T", "2026-03-04T8:00", "04.03.2026", "2026-13-04"]
)
def test_camt_dates_that_are_none(moment):
    content = camt(entry(dates=f"<BookgDt><Dt>{moment}</Dt></BookgDt>"))
    assert str(refusal(content)) == f"{moment!r} is not a date (Stmt 1/Ntry 1)"


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ("<RltdDts><IntrBkSttlmDt>2026-03-03</IntrBkSttlmDt></RltdDts>", "2026-03-03"),
        ("<RltdDts><AccptncDtTm>2026-03-02T10:00:00Z</AccptncDtTm></RltdDts>", "2026-03-02"),
        ("", "2026-03-05"),
    ],
)
@pytest.mark.parametrize(
    ("message", "part"), [("BkToCstmrAcctRpt", "Rpt"), ("BkToCstmrDbtCdtNtfctn", "Ntfctn")]
)
def test_camt_report_without_dates(message, part, dates, expected):
    detail = f"<TxDtls><Amt Ccy='EUR'>37.50</Amt><CdtDbtInd>CRDT</CdtDbtInd>{dates}</TxDtls>"
    content = camt(entry(dates="", more=f"<NtryDtls>{detail * 2}</NtryDtls>"), message, part)
    assert lines(content)[0].booked_on == day(expected)
    assert [row.amount for row in rows(content) if isinstance(row, BankStatementLineDetail)] == [
        Decimal("37.50")
    ] * 2


def test_camt_statement_without_any_date_is_refused():
    assert str(refusal(camt(entry(dates="")))) == "an entry has neither BookgDt nor ValDt (Stmt 1/Ntry 1)"


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("<Prtry>010</Prtry>", "<Prtry>015</Prtry>"),
        ("<Prtry><Id>010</Id></Prtry>", "<Prtry><Id>015</Id></Prtry>"),
        ("<Prtry>OPBD</Prtry>", "<Prtry>clbd</Prtry>"),
        ("<Cd>PRCD</Cd>", "<Cd>CLBD</Cd>"),
    ],
)
def test_camt_balances_by_the_codes_of_banks(opening, closing):
    content = camt(
        balance(opening, "100") + balance(closing, "175") + balance("<Prtry>045</Prtry>", "90") + entry()
    )
    statement = statements(content)[0]
    assert (statement.opening_balance, statement.closing_balance) == (100, 175)
    assert statement.other_balances == "045 EUR 90"


def test_camt_balances_behind_the_entries_and_of_several_days():
    content = camt(
        entry()
        + balance("<Cd>CLBD</Cd>", "150", on="2026-03-03")
        + balance("<Cd>CLBD</Cd>", "175")
        + balance("<Cd>OPBD</Cd>", "150")
        + balance("<Cd>OPBD</Cd>", "100", on="2026-03-03")
        + balance("<Cd>CLAV</Cd>", "170", "CHF")
    )
    statement = statements(content)[0]
    assert (statement.opening_balance, statement.opening_on) == (100, day("2026-03-03"))
    assert (statement.closing_balance, statement.closing_on) == (175, day("2026-03-04"))
    assert statement.other_balances == "CLBD EUR 150; OPBD EUR 150; CLAV CHF 170"


def test_camt_opening_in_another_currency_alone_is_refused():
    content = camt(balance("<Cd>CLBD</Cd>", "175") + balance("<Cd>OPBD</Cd>", "100", "USD") + entry())
    assert str(refusal(content)) == "the balance OPBD is in USD alone, the account in EUR (Stmt 1/Bal 2)"


def test_camt_closing_before_its_opening_is_refused():
    closing = balance("<Cd>CLBD</Cd>", "175", on="2026-03-03")
    content = camt(balance("<Cd>OPBD</Cd>", "100") + closing + entry())
    assert (
        str(refusal(content)) == "the statement closes on 2026-03-03, before it opens on 2026-03-04 (Stmt 1)"
    )
    assert statements(camt(balance("<Cd>OPBD</Cd>", "100") + closing))[0].closing_balance == 175


def test_camt_position_in_one_line_and_in_several():
    broken = entry() + entry("1.2.3")
    assert refusal(camt(broken)).position == "Stmt 1/Ntry 2"
    assert refusal(camt(broken, between="\n")).position == "Stmt 1/Ntry 2"
    assert refusal(camt(broken.replace("<Ntry>", "\n<Ntry>"), between="\n")).position == "line 8"
    detail = "<TxDtls><Amt Ccy='EUR'>1</Amt></TxDtls><TxDtls><Amt Ccy='EUR'>x</Amt></TxDtls>"
    content = camt(entry(more=f"<NtryDtls>{detail}</NtryDtls>"))
    assert refusal(content).position == "Stmt 1/Ntry 1/TxDtls 2"
    assert refusal(camt(entry().replace("</Ntry>", "</Entry>"))).position.startswith("line 1, column ")


def test_camt_running_number_of_an_entry_is_no_reference():
    line = lines(camt(entry()))[0]
    assert (line.reference, line.entry_reference) == (None, "31")
    named = entry(more="<NtryDtls><TxDtls><Refs><EndToEndId>E</EndToEndId></Refs></TxDtls></NtryDtls>")
    assert (lines(camt(named))[0].reference, lines(camt(named))[0].entry_reference) == ("E", "31")


def test_camt_references_of_other_kinds():
    refs = "<Refs><AcctOwnrTxId>OWN</AcctOwnrTxId><TxId>T1</TxId><ClrSysRef>C1</ClrSysRef></Refs>"
    content = camt(entry(more=f"<NtryDtls><TxDtls>{refs}</TxDtls></NtryDtls>"))
    assert lines(content)[0].customer_reference == "OWN"
    detail = next(row for row in rows(content) if isinstance(row, BankStatementLineDetail))
    assert (detail.bank_reference, detail.customer_reference) == ("T1", "OWN")


def instructed(currency: str, indicator: str = "CRDT") -> str:
    return (
        f"<TxDtls><Amt Ccy='EUR'>37.50</Amt><CdtDbtInd>{indicator}</CdtDbtInd><AmtDtls><InstdAmt>"
        f"<Amt Ccy='{currency}'>40.00</Amt></InstdAmt></AmtDtls></TxDtls>"
    )


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        (instructed("USD") * 2, ("USD", Decimal("80.00"))),
        (instructed("USD") + instructed("GBP"), (None, None)),
        (instructed("USD") + instructed("EUR"), (None, None)),
        (instructed("USD") + instructed("USD", "DBIT"), (None, None)),
    ],
)
def test_camt_exchange_of_a_batch(details, expected):
    line = lines(camt(entry(more=f"<NtryDtls>{details}</NtryDtls>")))[0]
    assert (line.original_currency, line.original_amount) == expected


# MT940


def mt940(*fields: str, end: str = "-") -> bytes:
    return "\n".join([":20:S", ":25:NL91ABNA0417164300", ":28C:1", *fields, end, ""]).encode()


OPENING, CLOSING, ENTRY = ":60F:C260303EUR100,00", ":62F:C260304EUR175,00", ":61:260304C75,00NTRFNONREF//B1"


@pytest.mark.parametrize(
    ("text", "memo"),
    [
        (":86:premium period 3\n-\n4 of the year", "premium period 3 - 4 of the year"),
        (":86:premium\n-\n-", "premium - -"),
        (":86:premium\n-\nT16\n:26:37", "premium - T16 :26:37"),
        ("-", "-"),
    ],
)
def test_mt940_dash_alone_in_a_text(text, memo):
    two = mt940(OPENING, ENTRY, text, CLOSING) + mt940(OPENING, ENTRY, CLOSING)
    first, second = lines(two)
    assert (first.memo, second.memo) == (memo, None)
    assert [statement.closing_balance for statement in statements(two)] == [175, 175]


@pytest.mark.parametrize("between", ["-", "-\nABNANL2A\n940\nABNANL2A", "-\n\n:940:"])
def test_mt940_dash_alone_ends_a_message(between):
    content = mt940(OPENING, ENTRY, ":86:one", CLOSING, ":86:of the statement", end=between)
    assert [line.memo for line in lines(content + mt940(OPENING, ENTRY, ":86:two", CLOSING))] == [
        "one",
        "two",
    ]


def test_mt942_dash_alone_ends_a_message():
    interim = ":20:I\n:25:1\n:34F:EURC0,\n:13D:2603041200+0100\n:61:260304C7,00NTRFNONREF\n:86:one\n-\nBANK\n"
    assert [line.memo for line in lines((interim * 2).encode())] == ["one", "one"]


def test_mt940_second_account_is_refused_and_the_same_one_is_not():
    fields = [OPENING, ENTRY, ":25:NL91ABNA0417164300", CLOSING]
    assert len(lines(mt940(*fields))) == 1
    fields[2] = ":25:166?00GUTSCHRIFT"
    error = refusal(mt940(*fields))
    assert (error.position, "a second account :25: '166?00GUTSCHRIFT'" in error.reason) == ("line 6", True)


@pytest.mark.parametrize("moment", ["2603041200+0100", "2603041200", "260304 12:00+01:00", "260304"])
@pytest.mark.parametrize("tag", ["13D", "13"])
def test_mt940_report_time_beside_full_balances(tag, moment):
    for fields in (
        [f":{tag}:{moment}", OPENING, ENTRY, CLOSING],
        [OPENING, f":{tag}:{moment}", ENTRY, CLOSING],
    ):
        statement = statements(mt940(*fields))[0]
        assert (statement.message_type, statement.closing_balance) == ("statement", 175)


def test_mt940_balances_out_of_order_are_refused():
    assert (
        str(refusal(mt940(CLOSING, OPENING)))
        == "the opening balance :60F: stands after the closing one (line 5)"
    )
    error = refusal(mt940(OPENING, ENTRY, ":62F:C260302EUR175,00"))
    assert str(error) == "the statement closes on 2026-03-02, before it opens on 2026-03-03 (line 6)"


def test_mt940_other_balances_are_named():
    statement = statements(mt940(OPENING, ENTRY, CLOSING, ":64:C260304EUR160,00", ":65:D260306EUR3,00"))[0]
    assert statement.other_balances == "64 EUR 160.00; 65 EUR -3.00"


@pytest.mark.parametrize(
    "envelope",
    [
        b"{1:F01BANK}{2:O940}{4:%s-}",
        b"{1:F01BANK}{2:O940}{4:\n%s-}{5:{CHK:1}}",
        b"{4:%s-}\n{4:\n%s\n-}",
        b"{1:F01BANK}{2:O940}{4:%s-}{1:F01BANK}{2:O940}{4:%s-}",
    ],
)
def test_mt940_envelope_on_the_line_of_a_field(envelope):
    body = mt940(OPENING, ENTRY, ":86:text-}more", CLOSING, end="").strip()
    content = envelope.replace(b"%s", body)
    assert detect(content) == "mt940"
    count = envelope.count(b"%s")
    assert [line.memo for line in lines(content)] == ["text-}more"] * count
    assert [statement.closing_balance for statement in statements(content)] == [175] * count
    assert "-} is missing" in str(refusal(content[: content.rindex(b"-}")]))


# References that prove themselves


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RF18539007547034", "RF18539007547034"),
        ("your bill RF18 5390 0754 7034 THANK YOU", "RF18539007547034"),
        ("21 00000 00003 13947 14300 09017", "210000000003139471430009017"),
        ("210000000003139471430009017", "210000000003139471430009017"),
        ("+++090/9337/55493+++", "090933755493"),
        ("***090933755493***", "090933755493"),
        ("RF19539007547034", None),
        ("210000000003139471430009018", None),
        ("+++090/9337/55494+++", None),
        ("000000000000000000000000000", None),
    ],
)
def test_creditor_reference_without_a_label(text, expected):
    found = [
        lines(mt940(OPENING, ENTRY, f":86:{text}", CLOSING)),
        lines(mt940(OPENING, ENTRY, f":86:166?00CREDIT?20{text[:27]}?21{text[27:]}?32MILL", CLOSING)),
        lines(mt940(OPENING, ENTRY, f":86:/NAME/MILL/REMI/{text}", CLOSING)),
        lines(mt940(OPENING, ENTRY, f":86:{text[:10]}\n{text[10:]}", CLOSING)) if " " not in text else [],
        lines(
            camt(entry(more=f"<NtryDtls><TxDtls><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls>"))
        ),
        lines(sample("statement.ofx").replace(b"<MEMO>", f"<MEMO>{text} ".encode(), 1))[:1],
        lines(bai2(text=text)),
    ]
    assert {line.creditor_reference for part in found for line in part} == {expected}


def test_mt940_every_creditor_reference_of_slash_tags():
    line = lines(mt940(OPENING, ENTRY, ":86:/CDTRREF/111222/CDTRREF/333444/NAME/MILL", CLOSING))[0]
    assert line.creditor_reference == "111222 333444"


# BAI2


def bai2(
    account: str = "01,USD,010,500000,,,015,520000,,", trailer: str = "49,1040000,3", text: str = "X"
) -> bytes:
    return (
        f"01,A,B,260304,0800,1,,,2/\n02,B,A,1,260304,,USD,2/\n03,{account}/\n16,165,20000,Z,B1,C1,{text}\n"
        f"{trailer}/\n98,1040000,1,5/\n99,1040000,1,7/\n"
    ).encode()


@pytest.mark.parametrize(
    ("trailer", "reason"),
    [
        (
            "49,,3",
            "record 49: the control total is missing, so that the 1040000 counted cannot be proved (line 5)",
        ),
        (
            "49,1040000,",
            "record 49: the number of records is missing, so that the 3 counted cannot be proved (line 5)",
        ),
        (
            "49",
            "record 49: the control total is missing, so that the 1040000 counted cannot be proved (line 5)",
        ),
        ("49,0,3", "record 49: the control total is declared as 0 and counted as 1040000 (line 5)"),
    ],
)
def test_bai2_totals_that_are_missing(trailer, reason):
    assert str(refusal(bai2(trailer=trailer))) == reason


def test_bai2_available_balances_are_named():
    statement = statements(
        bai2("01,USD,045,520000,,,040,500000,,,100,20000,1,", "49,1060000,3").replace(b"1040000", b"1060000")
    )[0]
    assert (statement.opening_balance, statement.closing_balance) == (None, None)
    assert statement.other_balances == "045 USD 5200.00; 040 USD 5000.00"


def test_bai2_date_with_its_century():
    assert lines(bai2().replace(b"1,260304,,USD", b"1,20260304,,USD"))[0].booked_on == day("2026-03-04")


# OFX

OFX = sample("statement.ofx")


@pytest.mark.parametrize(
    "comment",
    [b"<!-- booked -->", b"<!--<STMTTRN><TRNAMT>5</STMTTRN>-->", b"<!--\n<a> -- b\n-->", b"<!---->"],
)
def test_ofx_comments_say_nothing(comment):
    assert rows(OFX.replace(b"<STMTTRN>", comment + b"<STMTTRN>").replace(b"\n", b"")) == rows(
        OFX.replace(b"\n", b"")
    )


def test_ofx_comment_over_two_reads():
    comment = b"<!--" + b"x" * 200_000 + b"-->"
    assert [line.amount for line in lines(OFX.replace(b"<STMTTRN>", comment + b"<STMTTRN>", 1))] == [
        line.amount for line in lines(OFX)
    ]


def test_ofx_header_within_a_comment():
    header, _, body = OFX.partition(b"<OFX>")
    content = b"<!-- " + header + b" -->\n<OFX>" + body
    assert detect(content) == "ofx"
    assert [line[5:] for line in lines(content)] == [line[5:] for line in lines(OFX)]


def test_ofx_doctype_is_refused():
    assert "declares a DTD" in str(refusal(OFX.replace(b"<OFX>", b"<!DOCTYPE OFX><OFX>")))


@pytest.mark.parametrize("end", [b"</PAYEE>", b"\n"])
def test_ofx_payee_as_text(end):
    leaves = b"<PAYEE>Telephone bill" + end + b"<MEMO>May</STMTTRN>"
    content = transaction(leaves)
    assert (lines(content)[0].counterparty, lines(content)[0].memo) == ("Telephone bill", "May")


def transaction(leaves: bytes) -> bytes:
    return (
        b"OFXHEADER:100\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS>\n<CURDEF>USD\n<BANKACCTFROM><ACCTID>12</BANKACCTFROM>\n"
        b"<BANKTRANLIST><STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260304<TRNAMT>-10.00<FITID>F1" + leaves + b"\n"
        b"<LEDGERBAL><BALAMT>990<DTASOF>20260304</LEDGERBAL><AVAILBAL><BALAMT>950<DTASOF>20260304</AVAILBAL>"
        b"<BALLIST><BAL><NAME>Credit<DESC>x<BALTYPE>DOLLAR<VALUE>40</BAL></BALLIST>"
        b"</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )


@pytest.mark.parametrize("codec", ["utf-8", "cp1252"])
@pytest.mark.parametrize(
    "leaves",
    [
        "<NAME>Größe &amp; Söhne</NAME><MEMO>May</MEMO>",
        "<PAYEE><NAME>Müller</NAME><CITY>Köln</CITY></PAYEE><MEMO>May</MEMO>",
        "<PAYEE><NAME>Müller<CITY>Köln</PAYEE><CHECKNUM>7",
        "<PAYEE>Müller</PAYEE><MEMO>first</MEMO><MEMO>second</MEMO>",
        "<PAYEE><NAME>Müller<BANKACCTTO><ACCTID>77</BANKACCTTO></PAYEE>",
        "<BANKACCTTO><BANKID>1</BANKID><ACCTID>77</ACCTID></BANKACCTTO><NAME>Grün",
        "<CURRENCY><CURRATE>2<CURSYM>EUR</CURRENCY><IMAGEDATA><IMAGETYPE>T</IMAGEDATA><NAME></NAME><MEMO>ü",
        "<ORIGCURRENCY><CURRATE>0.9</CURRATE><CURSYM>EUR</CURSYM></ORIGCURRENCY><MEMO>ü</MEMO>",
        "<CCACCTTO><ACCTID>77<MEMO>für May",
        "<STATUS><CODE>2000</CODE></STATUS><MEMO>ü",
    ],
)
def test_ofx_transaction_read_whole_is_the_one_read_tag_by_tag(leaves, codec):
    whole = transaction(f"{leaves}</STMTTRN>".encode(codec))
    by_tag = whole.replace(b"<TRNTYPE>", b"<!-- not of tags alone --><TRNTYPE>")
    assert rows(whole) == rows(by_tag)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("-1,234.56", "-1234.56"),
        ("-1.234,56", "-1234.56"),
        ("-1 234,56", "-1234.56"),
        ("-1'234.56", "-1234.56"),
        ("-1,234,567", "-1234567"),
        ("-1.234.567,5", "-1234567.5"),
        ("-1 234", "-1234"),
        ("-0,125", "-0.125"),
        ("-1.250", "-1.250"),
    ],
)
def test_ofx_amounts_as_banks_write_them(written, amount):
    content = transaction(b"</STMTTRN>").replace(b"-10.00", written.encode())
    assert lines(content)[0].amount == Decimal(amount)


@pytest.mark.parametrize(
    ("written", "currency"), [("-1.234", b"USD"), ("-150.000", b"CLP"), ("-1.234", b"JPY")]
)
def test_ofx_point_before_three_digits_that_are_no_decimals(written, currency):
    content = transaction(b"</STMTTRN>").replace(b"-10.00", written.encode()).replace(b"USD", currency)
    assert f"'{written}' is in thousands or has three decimals, of which" in str(refusal(content))
    assert lines(content.replace(currency, b"KWD"))[0].amount == Decimal(written)


def test_ofx_comma_before_three_digits():
    content = transaction(b"</STMTTRN>").replace(b"-10.00", b"-1,250")
    assert "'-1,250' is in thousands or has three decimals, of which USD has fewer" in str(refusal(content))
    assert lines(content.replace(b"USD", b"KWD"))[0].amount == Decimal("-1.250")


@pytest.mark.parametrize(
    "written", ["-1,23,456", "-1,234,56", "-12 34", "-1.234.56", "-1,234.5,6", "-1 234 56,00"]
)
def test_ofx_groups_that_are_none(written):
    assert "is not an amount" in str(refusal(transaction(b"</STMTTRN>").replace(b"-10.00", written.encode())))


def test_ofx_lists_left_open():
    content = transaction(b"<PAYEE><NAME>Mill</STMTTRN>")
    assert [(line.amount, line.counterparty) for line in lines(content)] == [(Decimal("-10.00"), "Mill")]
    statement = statements(content)[0]
    assert (statement.closing_balance, statement.other_balances) == (990, "AVAILBAL USD 950; Credit 40")
    empty = transaction(b"<PAYEE>\n<MEMO>May</STMTTRN>")
    assert lines(empty)[0].memo == "May"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"</STMTTRN>", b"", "</STMTRS> closes <STMTTRN> (line 7)"),
        (b"</STMTRS>", b"", "closes <STMTRS>"),
        (b"</OFX>", b"", "the file ends without </OFX>"),
        (b"<STMTTRN>", b"", "<TRNAMT> stands outside a transaction"),
    ],
)
def test_ofx_what_must_be_closed(old, new, reason):
    assert reason in str(refusal(transaction(b"</STMTTRN>").replace(old, new, 1)))


def test_ofx_a_transaction_left_open_before_another_may_be_cut_off():
    content = transaction(b"<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260303<TRNAMT>-5<FITID>F2</STMTTRN>")
    assert "<STMTTRN> opens before the transaction of line" in str(refusal(content))


@pytest.mark.parametrize(
    "action", [b"<CORRECTFITID>F0<CORRECTACTION>DELETE", b"<CORRECTFITID>F0<CORRECTACTION>REPLACE"]
)
def test_ofx_correction_is_no_payment(action):
    error = refusal(transaction(action + b"</STMTTRN>"))
    assert error.reason.startswith("the transaction F1 corrects another one (")


def test_ofx_position_in_one_line():
    content = (
        transaction(b"</STMTTRN><STMTTRN><TRNAMT>1</STMTTRN>")
        .replace(b"\n", b" ")
        .replace(b"OFX><BANKM", b"OFX>\n<BANKM", 1)
    )
    assert str(refusal(content)) == "a transaction has no DTPOSTED (line 2, transaction 2)"


@pytest.mark.parametrize(
    "moment",
    [
        *(b"20260304120000.000[-5:EST]", b"20260304120000:000[0:GMT]", b"20260304120000-0500"),
        *(b"2026-03-04", b"2026/03/04", b"2026-03-04T12:00:00", b"20260304T120000Z", b"20260304 12:00"),
        b"20260304120000 EST",
    ],
)
def test_ofx_dates_as_banks_write_them(moment):
    content = transaction(b"</STMTTRN>").replace(b"<DTPOSTED>20260304", b"<DTPOSTED>" + moment)
    assert lines(content)[0].booked_on == day("2026-03-04")


def test_ofx_number_of_the_order():
    assert lines(transaction(b"<SRVRTID>S7</STMTTRN>"))[0].instruction_id == "S7"


def of_types(*typed: tuple[str, str]) -> bytes:
    """A statement with a transaction for each type and amount."""
    more = "".join(
        f"<STMTTRN>\n<TRNTYPE>{kind}<DTPOSTED>20260304<TRNAMT>{amount}<FITID>{kind}{amount}</STMTTRN>"
        for kind, amount in typed
    )
    start, _, rest = transaction(b"</STMTTRN>").partition(b"<STMTTRN>")
    return start + more.encode() + rest.partition(b"</STMTTRN>")[2]


@pytest.mark.parametrize(
    "typed",
    [
        [("CREDIT", "70.00"), ("DEBIT", "20.00")],
        [("CREDIT", "-70.00"), ("DEBIT", "20.00")],
        [("DEBIT", "20.00")],
    ],
)
def test_ofx_amounts_whose_direction_only_the_type_says_are_refused(typed):
    """Absolute values, or turned round: they were loaded as money that came in."""
    error = refusal(of_types(*typed))
    assert "a transaction of the type DEBIT has no minus and neither has any other" in error.reason
    assert error.position == f"line {6 + len(typed)}"


@pytest.mark.parametrize(
    "typed",
    [
        [("CREDIT", "70.00"), ("DEBIT", "-20.00")],
        # A purchase that was taken back, among others or beside a fee.
        [("DEBIT", "20.00"), ("DEBIT", "-20.00")],
        [("DEBIT", "20.00"), ("FEE", "-1.00")],
        [("CREDIT", "70.00"), ("DEBIT", "0.00")],
        [("CREDIT", "-70.00"), ("POS", "-20.00")],
        [("OTHER", "20.00")],
    ],
)
def test_ofx_amounts_with_signs_are_as_they_stand(typed):
    assert [str(line.amount) for line in lines(of_types(*typed))] == [amount for _, amount in typed]


def test_ofx_zeros_for_a_day_and_a_currency_in_small_letters():
    content = transaction(b"</STMTTRN>").replace(b"<CURDEF>USD", b"<CURDEF>usd")
    listed = content.replace(b"<BANKTRANLIST>", b"<BANKTRANLIST><DTSTART>00000000<DTEND>20260305")
    found = listed.replace(b"<BALAMT>990<DTASOF>20260304", b"<BALAMT>990<DTASOF>00000000000000")
    (statement,) = statements(found)
    assert (statement.currency, statement.closing_balance) == ("USD", 990)
    assert (statement.period_start_on, statement.closing_on) == (None, day("2026-03-05"))
    zeros = content.replace(b"<DTPOSTED>20260304", b"<DTPOSTED>00000000")
    assert "'00000000' is not a date" in str(refusal(zeros))
