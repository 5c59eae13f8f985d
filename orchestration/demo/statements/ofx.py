"""OFX bank statements: version 1 is SGML without closing tags on values, version 2 is XML."""

from __future__ import annotations

import datetime

from orchestration.demo import company
from orchestration.demo.bank import BankLine, Statement
from orchestration.demo.money import plain
from orchestration.demo.statements.codes import CODES, signed

_SGML_HEADER = (
    "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:102\r\nSECURITY:NONE\r\nENCODING:USASCII\r\n"
    "CHARSET:1252\r\nCOMPRESSION:NONE\r\nOLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
)
_XML_HEADER = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\r\n'
    '<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\r\n'
)
_NAME_CHARACTERS = 32


def write(statement: Statement, delivery: int) -> bytes:
    """The file's bytes: SGML in even months, XML in odd ones. A later delivery has a later server time."""
    is_sgml = statement.period_start_on.month % 2 == 0
    created_on = statement.period_end_on + datetime.timedelta(days=1 + delivery)
    end_on = statement.period_end_on
    parts = [
        "<OFX>",
        "<SIGNONMSGSRSV1><SONRS><STATUS>",
        ("CODE", "0"),
        ("SEVERITY", "INFO"),
        "</STATUS>",
        ("DTSERVER", f"{created_on:%Y%m%d}061500[-5:EST]"),
        ("LANGUAGE", "ENG"),
        "</SONRS></SIGNONMSGSRSV1>",
        "<BANKMSGSRSV1><STMTTRNRS>",
        ("TRNUID", f"{statement.sequence_number}"),
        "<STATUS>",
        ("CODE", "0"),
        ("SEVERITY", "INFO"),
        "</STATUS><STMTRS>",
        ("CURDEF", statement.account.currency),
        "<BANKACCTFROM>",
        ("BANKID", company.US_ROUTING_NUMBER),
        ("ACCTID", statement.account.number),
        ("ACCTTYPE", "CHECKING"),
        "</BANKACCTFROM><BANKTRANLIST>",
        ("DTSTART", f"{statement.period_start_on:%Y%m%d}000000[-5:EST]"),
        ("DTEND", f"{end_on:%Y%m%d}235959[-5:EST]"),
    ]
    for line in statement.lines:
        parts += _transaction(line)
    parts += [
        "</BANKTRANLIST><LEDGERBAL>",
        ("BALAMT", plain(statement.closing_balance)),
        ("DTASOF", f"{end_on:%Y%m%d}235959[-5:EST]"),
        "</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1>",
        "</OFX>",
    ]
    body = "\r\n".join(_element(part, is_sgml) for part in parts)
    return ((_SGML_HEADER if is_sgml else _XML_HEADER) + body + "\r\n").encode("ascii")


def _element(part: str | tuple[str, str], is_sgml: bool) -> str:
    if isinstance(part, str):
        return part
    name, value = part
    value = value.replace("&", "&amp;").replace("<", "&lt;")
    return f"<{name}>{value}" if is_sgml else f"<{name}>{value}</{name}>"


def _transaction(line: BankLine) -> list[str | tuple[str, str]]:
    parts: list[str | tuple[str, str]] = [
        "<STMTTRN>",
        ("TRNTYPE", signed(CODES[line.activity].ofx, line.amount)),
        ("DTPOSTED", f"{line.booked_on:%Y%m%d}120000[-5:EST]"),
        ("TRNAMT", plain(line.amount)),
        ("FITID", line.bank_reference),
    ]
    if line.reference:
        parts.append(("CHECKNUM" if line.activity == "cheque" else "REFNUM", line.reference))
    parts.append(("NAME", line.counterparty.name[:_NAME_CHARACTERS].rstrip()))
    if line.memo:
        parts.append(("MEMO", line.memo))
    parts.append("</STMTTRN>")
    return parts
