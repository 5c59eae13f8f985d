"""Writer of SEPA credit transfers of wages: pain.001.001.03 and pain.001.001.09, checked against their
schemas.

Source: ISO 20022 message definitions; EPC132-08 (customer-to-bank implementation guidelines of the SEPA
credit transfer); EPC217-08 (its character set). The schemas stand in schemas/, as ISO 20022 publishes them.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

from orchestration.collect.readers.common import is_iban, without_spaces
from orchestration.payroll.payment_rows import PaymentRefused, folded, in_cents

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
CURRENCY = "EUR"
TRANSFER_LIMIT = Decimal("999999999.99")
MAX_NAME = 70
MAX_REMITTANCE = 140


class _Dialect(NamedTuple):
    """Where the versions differ: the name of a BIC, and whether a date stands in an element of its own."""

    bic: str
    is_date_nested: bool


VERSIONS = {
    "pain.001.001.03": _Dialect("BIC", False),
    "pain.001.001.09": _Dialect("BICFI", True),
}

# EPC217-08: what every bank of the scheme takes.
_NOT_SEPA = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_IDENTIFIER = re.compile(r"(?!/|.*//|.*/$)[A-Za-z0-9/\-?:().,'+]{1,35}")
_BIC = re.compile(r"[A-Z]{6}[A-Z2-9][A-NP-Z0-9](?:[A-Z0-9]{3})?")


class SepaDebtor(NamedTuple):
    """Who pays, from which account. bic: None where the bank finds it by the IBAN."""

    name: str
    iban: str
    bic: str | None = None


class SepaCredit(NamedTuple):
    """One payment. payment_id, at most 35 characters, is its end-to-end id. amount: euros, at most two
    decimals.

    remittance: what the payslip is called, cut at 140 characters; None leaves it out.
    """

    payment_id: str
    name: str
    iban: str
    amount: Decimal
    remittance: str | None = None
    bic: str | None = None


class WrittenPain(NamedTuple):
    """A file and what a ledger of files keeps of it."""

    content: bytes
    payment_count: int
    credit_total: Decimal


def write_pain(
    debtor: SepaDebtor,
    credits: Sequence[SepaCredit],
    *,
    message_id: str,
    created_at: datetime.datetime,
    execute_on: datetime.date,
    version: str = "pain.001.001.09",
    is_batch_booked: bool = True,
) -> WrittenPain:
    """One message with one payment information block of wages (SALA); the same arguments give the same
    bytes.

    message_id, at most 35 characters, is the id of the block too. is_batch_booked: one debit for all
    payments, or one for each. Raises PaymentRefused, naming payment and field, for what the scheme or the
    schema does not allow.
    """
    if version not in VERSIONS:
        raise PaymentRefused(None, "version", f"is none of {', '.join(VERSIONS)}")
    if _IDENTIFIER.fullmatch(message_id) is None:
        raise PaymentRefused(None, "message_id", "is not 1 to 35 characters of the SEPA set")
    if not credits:
        raise PaymentRefused(None, "credits", "are none")
    dialect = VERSIONS[version]
    transfers = [_transfer(credit, dialect) for credit in _unique(credits)]
    cents = sum(in_cents(credit.amount, credit.payment_id, TRANSFER_LIMIT) for credit in credits)
    totals = [("NbOfTxs", str(len(credits))), ("CtrlSum", _euros(cents))]
    document = _element(
        "Document",
        _element(
            "CstmrCdtTrfInitn",
            _element(
                "GrpHdr",
                ("MsgId", message_id),
                ("CreDtTm", created_at.isoformat(timespec="seconds")),
                *totals,
                _element("InitgPty", ("Nm", _name(debtor.name, None))),
            ),
            _element(
                "PmtInf",
                ("PmtInfId", message_id),
                ("PmtMtd", "TRF"),
                ("BtchBookg", "true" if is_batch_booked else "false"),
                *totals,
                _element(
                    "PmtTpInf", _element("SvcLvl", ("Cd", "SEPA")), _element("CtgyPurp", ("Cd", "SALA"))
                ),
                _execution(execute_on, dialect),
                _element("Dbtr", ("Nm", _name(debtor.name, None))),
                _account("DbtrAcct", debtor.iban, None),
                _element("DbtrAgt", _bank(debtor.bic, None, dialect)),
                ("ChrgBr", "SLEV"),
                *transfers,
            ),
        ),
    )
    document.set("xmlns", NAMESPACE + version)
    content = etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    _validate(content, version)
    return WrittenPain(content, len(credits), Decimal(cents).scaleb(-2))


def _unique(credits: Sequence[SepaCredit]) -> Sequence[SepaCredit]:
    seen: set[str] = set()
    for credit in credits:
        if credit.payment_id in seen:
            raise PaymentRefused(credit.payment_id, "payment_id", "is in the file twice")
        seen.add(credit.payment_id)
    return credits


def _transfer(credit: SepaCredit, dialect: _Dialect) -> Any:
    payment_id = credit.payment_id
    if _IDENTIFIER.fullmatch(payment_id) is None:
        raise PaymentRefused(payment_id, "payment_id", "is not 1 to 35 characters of the SEPA set")
    amount = _element("Amt")
    instructed = etree.SubElement(amount, "InstdAmt", Ccy=CURRENCY)
    instructed.text = _euros(in_cents(credit.amount, payment_id, TRANSFER_LIMIT))
    parts: list[Any] = [_element("PmtId", ("EndToEndId", payment_id)), amount]
    if credit.bic is not None:
        parts.append(_element("CdtrAgt", _bank(credit.bic, payment_id, dialect)))
    parts.append(_element("Cdtr", ("Nm", _name(credit.name, payment_id))))
    parts.append(_account("CdtrAcct", credit.iban, payment_id))
    if credit.remittance is not None:
        text = sepa_text(credit.remittance, payment_id, "remittance")
        parts.append(_element("RmtInf", ("Ustrd", text[:MAX_REMITTANCE].rstrip())))
    return _element("CdtTrfTxInf", *parts)


def sepa_text(text: str, payment_id: str | None, field: str) -> str:
    """The text in the characters of SEPA: & becomes +, any other character without an equal a blank."""
    found = _NOT_SEPA.sub(" ", folded(text, payment_id, field).replace("&", "+"))
    return " ".join(found.split())


def _name(text: str, payment_id: str | None) -> str:
    return sepa_text(text, payment_id, "name")[:MAX_NAME].rstrip()


def _execution(execute_on: datetime.date, dialect: _Dialect) -> Any:
    day = execute_on.isoformat()
    return _element("ReqdExctnDt", ("Dt", day)) if dialect.is_date_nested else ("ReqdExctnDt", day)


def _account(tag: str, iban: str, payment_id: str | None) -> Any:
    found = without_spaces(iban).upper()
    if not is_iban(found):
        raise PaymentRefused(payment_id, "iban", "is not an IBAN with true check digits")
    return _element(tag, _element("Id", ("IBAN", found)))


def _bank(bic: str | None, payment_id: str | None, dialect: _Dialect) -> Any:
    if bic is None:
        return _element("FinInstnId", _element("Othr", ("Id", "NOTPROVIDED")))
    if _BIC.fullmatch(bic) is None:
        raise PaymentRefused(payment_id, "bic", "is not a BIC of 8 or 11 characters")
    return _element("FinInstnId", (dialect.bic, bic))


def _euros(cents: int) -> str:
    return f"{Decimal(cents).scaleb(-2):.2f}"


def _element(tag: str, *children: Any) -> Any:
    """An element; a child is an element or the name and text of a leaf."""
    element = etree.Element(tag)
    for child in children:
        if isinstance(child, tuple):
            etree.SubElement(element, child[0]).text = child[1]
        else:
            element.append(child)
    return element


@functools.cache
def _schema(version: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(Path(__file__).parent / "schemas" / f"{version}.xsd"))


def _validate(content: bytes, version: str) -> None:
    """Check the bytes against the schema. Its own messages quote values, so only the place is told."""
    schema = _schema(version)
    if not schema.validate(etree.fromstring(content)):
        error = schema.error_log[0]
        raise PaymentRefused(
            None, "the message", f"does not follow its schema ({error.type_name} at {error.path})"
        )
