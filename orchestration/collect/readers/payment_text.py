"""What banks name with labels in free text: parties and references ("ORIG CO NAME:", "BENE:", "KID:").

Belongs here: labels that stand in the text of BAI2, OFX and CSV and in plain :86: fields. The dialects of
MT940 stand in mt940_memo.py.
"""

from __future__ import annotations

import re

from orchestration.collect.readers.common import Named, listed_references, named_reference, text_or_none

# Who sends an ACH entry, a credit or a debit: the other party either way.
_COMPANY = "ORIG CO NAME|ORIGINATING COMPANY|COMPANY NAME|CO NAME"
_DEBTOR = "ORIG|ORIGINATOR|ORG|B/O|BY ORDER OF|ORDERING CUSTOMER|ORDERING PARTY|SENDER|DEBTOR|AUFTRAGGEBER"
_CREDITOR = "BENE|BENEF|BENEFICIARY|BNF|PAYEE|CREDITOR|EMPF(?:Ä|AE)NGER"
_END_TO_END = "END TO END ID|END-TO-END ID|ENDTOENDID|E2E ID|EREF"
# Labels of other things, which end what stands before them.
_OTHER = (
    "ORIG ID|ORIG BK|ORIG BANK|DESC DATE|CO ENTRY DESCR|ENTRY DESCR|DESCRIPTIVE DATE|SEC|TRACE#|TRACE|EED|"
    "IND ID|IND NAME|INDN|INDIVIDUAL ID|INDIVIDUAL NAME|CO ID|COMPANY ID|DES|DESC|ID|TRN|TRN#|PMT INFO|"
    "PMT DET|PAYMENT DETAILS|DETAILS|BNF BK|BENE BK|BENE BANK|BENEFICIARY BANK|SND BK|SENDING BANK|RCV BK|"
    "INT BK|OBI|BBI|BBK|RFB|REF|REFERENCE|RELATED REF|SERVICE REF|FED REF|IMAD|OMAD|SSN|SEQ|DATE|TIME|VIA|"
    "A/C|ACCT|ACCOUNT|ADDR|ADDRESS|FX|WIRE TYPE|INVOICE|INV|MEMO|UETR|ADDENDA|SRF#|TRN DATE|VALUE DATE|"
    "AMOUNT|CURRENCY|IBAN|BIC|VERWENDUNGSZWECK|KID|OCR"
)
_LABEL = re.compile(
    rf"(?:^|(?<=[\s,;/]))(?:(?P<company>{_COMPANY})|(?P<debtor>{_DEBTOR})|(?P<creditor>{_CREDITOR})|"
    rf"(?P<end_to_end>{_END_TO_END})|(?P<other>{_OTHER}))[:=]",
    re.IGNORECASE,
)
# An ACH entry of Bank of America: who sent it stands before the first label.
_LEADING_NAME = re.compile(r"(?P<name>\S.{0,60}?)\s+DES:.*\bCO ID:", re.IGNORECASE)
# What opens the lines of a party in SWIFT's option F, and the account that may stand before the name.
_LINE_NUMBER = re.compile(r"(?:^|\s)[1-8]/")
_ACCOUNT = re.compile(r"/\S+\s+")
_COLUMNS = re.compile(r"\s{3,}")
_UETR = re.compile(r"\bUETR\b\W*([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b", re.IGNORECASE)
# Norway's KID, Sweden's and Denmark's OCR, the Dutch betalingskenmerk, Finland's viite.
_CREDITOR_REFERENCE = re.compile(
    r"\b(?:(?:KID|OCR)(?:[ -]?(?:NR|NO|NUMMER))?[.:# ]+(?P<nordic>[0-9]{4,25})|"
    r"BETALINGSKENMERK[.: ]+(?P<dutch>[0-9]{4}(?: [0-9]{4}){3}|[0-9]{7,16})|"
    r"VIITE[.: ]+(?P<finnish>[0-9]{1,5}(?: [0-9]{5})+|[0-9]{4,20}))\b",
    re.IGNORECASE,
)
# A date after the word is no number: "CHECK PAID 01/05".
_CHEQUE = re.compile(
    r"\b(?:CHECK|CHEQUE|CHQ|CHK|CK)(?:\s|[.:#]|NUMBER|NO|NR|PAID)*([0-9]{3,15})\b(?![/.\-][0-9])",
    re.IGNORECASE,
)


def read_payment_text(text: str | None, is_credit: bool) -> tuple[str | None, Named]:
    """The other party's name and what else the text names; is_credit: money came in.

    Of a credit the other party is the originator, of a debit the beneficiary. A text that names only the
    account's own side names no other party.
    """
    if not text:
        return None, Named()
    values: dict[str, str] = {}
    end = len(text)
    for label in reversed(list(_LABEL.finditer(text))):
        values[str(label.lastgroup)] = text[label.end() : end]
        end = label.start()
    leading = _LEADING_NAME.match(text)
    company = _name(values.get("company")) or (_name(leading["name"]) if leading else None)
    debtor, creditor = _name(values.get("debtor")), _name(values.get("creditor"))
    if company:
        debtor, creditor = (company, creditor) if is_credit else (debtor, company)
    creditor_reference = _CREDITOR_REFERENCE.search(text)
    return debtor if is_credit else creditor, Named(
        creditor_reference=listed_references(creditor_reference.groups()) if creditor_reference else None,
        end_to_end_id=named_reference(values.get("end_to_end", "").strip(" ,;/")),
        uetr=uetr_in_text(text),
        debtor_name=debtor,
        creditor_name=creditor,
    )


def uetr_in_text(text: str) -> str | None:
    """The UUID after the word UETR."""
    match = _UETR.search(text)
    return match[1] if match else None


def cheque_in_text(text: str | None) -> str | None:
    """The number after a word for cheque."""
    match = _CHEQUE.search(text) if text else None
    return match[1] if match and match[1].strip("0") else None


def _name(text: str | None) -> str | None:
    if text is None:
        return None
    line = text.strip()
    if line.startswith("/"):
        line = _ACCOUNT.sub("", line, count=1)
    lines = [part.strip() for part in _LINE_NUMBER.split(line) if part.strip()]
    found = text_or_none(_COLUMNS.split(lines[0])[0].strip(" ,;/")) if lines else None
    return found if found and any(character.isalpha() for character in found) else None
