"""In what encoding a statement is, as banks of many countries write it: right or refused, never wrong."""

from __future__ import annotations

import io

import pytest

from orchestration.collect.readers import read
from orchestration.lake.datasets import BankStatementLine
from orchestration.lake.errors import UnreadableFile

GERMAN, FRENCH = "DE89370400440532013000", "FR7630006000011234567890189"
POLISH = "PL61109010140000071219812874"
CZECH, TURKISH, RUSSIAN = "CZ6508000000192000145399", "TR330006100519786457841326", "40702810500000000001"
OFX = (
    "OFXHEADER:100\n{header}\n<OFX><STMTRS><CURDEF>{currency}<BANKACCTFROM><ACCTID>{account}</BANKACCTFROM>"
    "<BANKTRANLIST>\n<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260105<TRNAMT>1.00<FITID>1<NAME>{name}</STMTTRN>\n"
    "</BANKTRANLIST></STMTRS></OFX>\n"
)


def mt940(account: str, currency: str, *names: str) -> str:
    entries = "".join(f":61:2601060106C10,00NTRFNONREF\r\n:86:{name}\r\n" for name in names)
    return (
        f":20:S\r\n:25:{account}\r\n:28C:1\r\n:60F:C260104{currency}0,00\r\n{entries}"
        f":62F:C260106{currency}{10 * len(names)},00\r\n-\r\n"
    )


def lines(content: bytes, path: str | None = None) -> list[BankStatementLine]:
    return [row for row in read(io.BytesIO(content), [], path) if isinstance(row, BankStatementLine)]


def refusal(content: bytes, path: str | None = None) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        lines(content, path)
    return caught.value


@pytest.mark.parametrize(
    ("account", "currency", "names", "encodings"),
    [
        (GERMAN, "EUR", "Jörg Müller|Straße Äpfel|ÜBERWEISUNG", "cp1252 latin-1 cp437 cp850 utf-8 utf-8-sig"),
        (GERMAN, "EUR", "Käufer", "cp1252 cp437 utf-16"),
        (GERMAN, "EUR", "KÄUFER", "cp1252 cp437"),
        (GERMAN, "EUR", "Škoda Auto", "cp1252"),
        # Paid by Poles, at a bank that writes their letters.
        (GERMAN, "EUR", "Łukasz Wałęsa|Gdańsk", "cp1250"),
        ("37040044/0532013000", "EUR", "Crédit Agricole Hélène|Peña 5 m²", "cp1252"),
        (FRENCH, "EUR", "Hélène|Orléans à bientôt|L’Oréal n°5", "cp1252"),
        ("ES9121000418450200051332", "EUR", "Peña|Muñoz|Málaga", "cp1252"),
        ("NO9386011117947", "NOK", "Bjørn Åse Sæter", "cp1252"),
        (POLISH, "PLN", "Łódź|Paweł Kość|Jürgen Groß", "cp1250 iso-8859-2 cp852"),
        (POLISH[2:], "PLN", "GDAŃSK|ŻABKA|ŚWIĘTOKRZYSKA", "cp1250 iso-8859-2 cp852"),
        (CZECH, "CZK", "Dvořák|Tomáš Nováček|Řehoř", "cp1250 iso-8859-2 cp852 utf-8"),
        ("0800/0000192000145399", "CZK", "Kučera", "cp1250 cp852"),
        (CZECH, "CZK", "Aleš", "cp1250 iso-8859-2"),
        ("HU42117730161111101800000000", "HUF", "Kovács Győző|Szűcs", "cp1250 cp852"),
        (TURKISH, "TRY", "Yıldız Işık|Doğan|İSTANBUL", "cp1254 cp857"),
        (RUSSIAN, "RUB", "Иванов Иван|ООО Ромашка|СБЕРБАНК", "cp1251 cp866 utf-8"),
        ("GR1601101250000000012300695", "EUR", "Παπαδόπουλος", "cp1253"),
        ("LT121000011101001000", "EUR", "Žukauskas Ąžuolas", "cp1257"),
    ],
)
def test_names_are_right(account: str, currency: str, names: str, encodings: str) -> None:
    expected = names.split("|")
    for encoding in encodings.split():
        found = [line.memo for line in lines(mt940(account, currency, *expected).encode(encoding))]
        assert found == expected, encoding


def test_what_nothing_tells_is_refused_where_it_stands() -> None:
    # Russian names in the account of a Pole: letters of several encodings.
    content = mt940(POLISH, "PLN", "Zwykły", "Иванов".ljust(7)).encode("cp1251", "replace")
    error = refusal(content.replace(b"Zwyk?y", b"Zwykly"))
    assert "nothing tells its encoding: the byte C8 is И in cp1251 and" in error.reason
    assert "encoding=cp1250" in error.reason
    at = content.replace(b"Zwyk?y", b"Zwykly").index(b"\xc8")
    assert error.position == f"line 8, byte {at + 1}"


def test_a_byte_of_no_letter_is_refused() -> None:
    error = refusal(mt940(GERMAN, "EUR", "Müller").encode("cp1252").replace(b"ller", b"\x81ller"))
    assert "the byte 81 is nothing in cp1252" in error.reason


def test_the_path_tells() -> None:
    content = mt940(POLISH, "PLN", "Иванов").encode("cp1251")
    assert lines(content, "bank/encoding=cp1251/a.sta")[0].memo == "Иванов"
    wrong = mt940(POLISH, "PLN", "Иванов", "a\x98").encode("latin-1", "replace")
    error = refusal(wrong, "bank/encoding=cp1251/a.sta")
    assert (error.reason, error.position) == ("the byte 98 is no text in cp1251", "line 8, byte 6 of it")
    for name in ("cp9999", "base64", "utf-7", "cp500"):
        assert "is no encoding of text" in refusal(content, f"bank/encoding={name}/a.sta").reason


def test_a_letter_that_a_line_cuts_through_is_shown_as_cut() -> None:
    content = mt940(GERMAN, "EUR", "Jörg Müller", "Jörg Mü").encode()
    found = lines(content.replace("Mü\r".encode(), b"M\xc3\r"))
    assert [line.memo for line in found] == ["Jörg Müller", "Jörg M\ufffd"]


def test_lines_of_utf8_may_stand_among_others() -> None:
    content = mt940(GERMAN, "EUR", "Jörg Müller", "Käthe").encode()
    assert [line.memo for line in lines(content.replace("ä".encode(), b"\xe4"))] == ["Jörg Müller", "Käthe"]


def test_what_is_read_once_is_told_by_its_head() -> None:
    stream = io.BufferedReader(_Once(mt940(CZECH, "CZK", "Dvořák").encode("cp1250")))
    assert [row.memo for row in read(stream, []) if isinstance(row, BankStatementLine)] == ["Dvořák"]


class _Once(io.RawIOBase):
    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return self._content.readinto(buffer)


@pytest.mark.parametrize(
    ("header", "account", "currency", "name", "encoding"),
    [
        ("ENCODING:USASCII\nCHARSET:1252", "1", "USD", "Peña", "cp1252"),
        ("ENCODING:USASCII\nCHARSET:1252", "1", "USD", "Peña", "utf-8"),
        ("ENCODING:UTF-8\nCHARSET:NONE", "1", "USD", "Peña", "utf-8"),
        ("ENCODING:USASCII\nCHARSET:8859-1", "1", "USD", "Peña", "latin-1"),
        ("ENCODING:USASCII\nCHARSET:1250", "1", "PLN", "Gdańsk", "cp1250"),
        ("ENCODING:USASCII\nCHARSET:1251", "1", "USD", "Иванов", "cp1251"),
        # Said by habit, and not so.
        ("ENCODING:USASCII\nCHARSET:1252", "1", "PLN", "Łódź Gdańsk", "cp1250"),
        ("ENCODING:USASCII\nCHARSET:NONE", POLISH, "PLN", "Łódź Gdańsk", "cp852"),
        ("VERSION:102", "1", "EUR", "Jörg", "cp437"),
    ],
)
def test_ofx(header: str, account: str, currency: str, name: str, encoding: str) -> None:
    content = OFX.format(header=header, account=account, currency=currency, name=name).encode(encoding)
    assert lines(content)[0].counterparty == name


def test_ofx_that_says_utf8_and_is_not_is_refused_unless_the_path_tells() -> None:
    content = OFX.format(header="ENCODING:UTF-8", account="1", currency="EUR", name="Jörg").encode("cp1252")
    assert refusal(content).reason == "the byte F6 is no text in utf-8"
    assert lines(content, "bank/encoding=cp1252/a.ofx")[0].counterparty == "Jörg"


@pytest.mark.parametrize(
    ("currency", "name", "encoding"), [("USD", "Peña", "cp1252"), ("PLN", "Łódź", "cp1250")]
)
def test_bai2(currency: str, name: str, encoding: str) -> None:
    content = (
        f"01,A,B,260106,0200,1,,,2/\n02,B,A,1,260105,2359,{currency},2/\n03,1,{currency}/\n"
        f"16,195,100,Z,,,{name}\n49,100,3/\n98,100,1,5/\n99,100,1,7/\n"
    )
    assert lines(content.encode(encoding))[0].memo == name


@pytest.mark.parametrize(
    ("currency", "name", "encoding"), [("CHF", "Peña", "cp1252"), ("CZK", "Dvořák", "cp1250")]
)
def test_qif(currency: str, name: str, encoding: str) -> None:
    content = f"!Type:Bank\nD13/01/2026\nT10.00\nP{name}\n^\n".encode(encoding)
    assert lines(content, f"bank/account=1/currency={currency}/a.qif")[0].counterparty == name
