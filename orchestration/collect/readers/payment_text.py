"""What banks name with labels in free text: parties and references ("ORIG CO NAME:", "BENE:", "KID:").

Belongs here: labels that stand in the text of BAI2, OFX and CSV and in plain :86: fields. The dialects of
MT940 stand in mt940_memo.py.
"""

from __future__ import annotations

import re

from orchestration.collect.readers.common import (
    UNNAMED,
    Named,
    listed_references,
    named_reference,
    text_or_none,
)

_NOTHING: tuple[str | None, Named] = (None, UNNAMED)
_KINDS = {
    # Who sends an ACH entry, a credit or a debit: the other party either way.
    "company": "ORIG CO NAME|ORIGINATING COMPANY|COMPANY NAME|CO NAME",
    "debtor": "ORIG|ORIGINATOR|ORG|B/O|BY ORDER OF|ORDERING CUSTOMER|ORDERING PARTY|SENDER|DEBTOR|"
    "AUFTRAGGEBER|OD|NAZWA NADAWCY|NADAWCA|GONDEREN|GÖNDEREN|ORDENANTE|ORDINANTE",
    "creditor": "BENE|BENEF|BENEFICIARY|BNF|PAYEE|CREDITOR|EMPFÄNGER|EMPFAENGER|DLA|NAZWA ODBIORCY|"
    "ODBIORCA|ALICI|BENEFICIARIO|BÉNÉFICIAIRE|BENEFICIAIRE",
    "end_to_end": "END TO END ID|END-TO-END ID|ENDTOENDID|E2E ID|EREF",
    # Other things: they end what stands before them.
    "other": "ORIG ID|ORIG BK|ORIG BANK|DESC DATE|CO ENTRY DESCR|ENTRY DESCR|DESCRIPTIVE DATE|SEC|TRACE#|"
    "TRACE|EED|IND ID|IND NAME|INDN|INDIVIDUAL ID|INDIVIDUAL NAME|CO ID|COMPANY ID|DES|DESC|ID|TRN|TRN#|"
    "PMT INFO|PMT DET|PAYMENT DETAILS|DETAILS|BNF BK|BENE BK|BENE BANK|BENEFICIARY BANK|SND BK|SENDING BANK|"
    "RCV BK|INT BK|OBI|BBI|BBK|RFB|REF|REFERENCE|RELATED REF|SERVICE REF|FED REF|IMAD|OMAD|SSN|SEQ|DATE|TIME|"
    "VIA|A/C|ACCT|ACCOUNT|ADDR|ADDRESS|FX|WIRE TYPE|INVOICE|INV|MEMO|UETR|ADDENDA|SRF#|TRN DATE|VALUE DATE|"
    "AMOUNT|CURRENCY|IBAN|BIC|VERWENDUNGSZWECK|KID|OCR|"
    "BUCHUNGSTEXT|KTO/IBAN|BLZ/BIC|END-TO-END-REF.|MANDATSREF.|"
    "MITTEILUNG|MITTEILUNGEN|ZAHLUNGSZWECK|RACHUNEK NADAWCY|RACHUNEK ODBIORCY|ADRES NADAWCY|"
    "ADRES ODBIORCY|TYTUŁ|"
    "TYTUL|TYTUŁEM|ACIKLAMA|AÇIKLAMA|CONCEPTO|CAUSALE|MOTIF|Z RACH.|NA RACH.|TYT.|TNR",
}
_LABELS = {label: kind for kind, labels in _KINDS.items() for label in labels.split("|")}
# By their first letters, of which few begin one.
_BY_LETTER = {
    letter: "|".join(re.escape(label[1:]) for label in _LABELS if label[0] == letter)
    for letter in dict.fromkeys(label[0] for label in _LABELS)
}
# A label begins behind a break and ends with a mark.
_LABEL = re.compile(
    rf"[\s,;/]({'|'.join(f'{letter}(?:{rests})' for letter, rests in _BY_LETTER.items())})[:=]"
)
# An ACH entry of Bank of America: who sent it stands before the first label.
_LEADING_NAME = re.compile(r"(?P<name>\S.{0,60}?)\s+DES:.*\bCO ID:", re.IGNORECASE)
# SWIFT's option F numbers the lines of a party, the name is 1; an account may stand before the name.
_NUMBERED = re.compile(r"1/(.+?)(?:\s[1-8]/|$)")
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
# References that prove themselves by their check digits, without a label: ISO 11649, Switzerland's QR
# reference and Belgium's structured communication.
_ISO = re.compile(r"\bRF[0-9]{2}(?:[A-Z0-9]{1,21}|(?: [A-Z0-9]{4}){1,5}(?: [A-Z0-9]{1,4})?)\b")
# A digit first, so that the search goes from digit to digit.
_SWISS = re.compile(r"[0-9](?<![0-9][0-9])(?:[0-9]{26}|[0-9](?: [0-9]{5}){5})(?![0-9])")
_SWISS_LENGTH = 27
_NO_DIGITS = bytes({*range(256)} - {*b"0123456789"})
_BELGIAN = re.compile(r"(\+\+\+|\*\*\*) ?([0-9]{3}/?[0-9]{4}/?[0-9]{5}) ?\1")
# The variable, specific and constant symbols of Czechia and Slovakia: /VS2026000123/SS/KS0308, VS:2026000123.
# The constant one says what kind of payment it is.
_SYMBOLS = re.compile(r"(?<![A-Z0-9])(?:/[VSK]S/?[0-9]{0,10}(?![0-9])){1,3}")
_SYMBOL = re.compile(r"(?<![A-Z0-9])(?P<name>VS|SS)[:=/]? ?(?P<number>[0-9]{1,10})(?![0-9])")
# The next digit of the carry in Switzerland's check, row by row.
_CARRIES = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)
# A date after the word is no number: "CHECK PAID 01/05".
_CHEQUE = re.compile(
    r"\b(?:CHECK|CHEQUE|CHQ|CHK|CK|SCHECK)(?:\s|[.:#\-]|NUMBER|NUMMER|NO|NR|PAID)*([0-9]{3,15})\b"
    r"(?![/.\-][0-9])",
    re.IGNORECASE,
)


def read_payment_text(text: str | None, is_credit: bool) -> tuple[str | None, Named]:
    """The other party's name and what else the text names; is_credit: money came in.

    Of a credit the other party is the originator, of a debit the beneficiary. A text that names only the
    account's own side names no other party.
    """
    if not text:
        return _NOTHING
    upper = text.upper()
    is_referred = "KID" in upper or "OCR" in upper or "BETALINGSKENMERK" in upper or "VIITE" in upper
    proved = creditor_references_in_text(text)
    if "VS" in upper:
        proved += symbols_in_text(upper)
    values = _labelled(text) if ":" in text or "=" in text else {}
    if not (proved or values or is_referred or "UETR" in upper):
        return _NOTHING
    leading = _LEADING_NAME.match(text) if " DES:" in upper else None
    company = _name(values.get("company")) or (_name(leading["name"]) if leading else None)
    debtor, creditor = _name(values.get("debtor")), _name(values.get("creditor"))
    if company:
        debtor, creditor = (company, creditor) if is_credit else (debtor, company)
    labelled = _CREDITOR_REFERENCE.search(text) if is_referred else None
    return debtor if is_credit else creditor, Named(
        creditor_reference=listed_references([*(labelled.groups() if labelled else ()), *proved]),
        end_to_end_id=named_reference(values.get("end_to_end", "").strip(" ,;/")),
        uetr=uetr_in_text(text),
        debtor_name=debtor,
        creditor_name=creditor,
    )


def creditor_references_in_text(text: str) -> list[str]:
    """The creditor references whose check digits hold, without blanks and marks."""
    is_swiss = _has_digits(text) and _SWISS.search(text) is not None
    if not (is_swiss or "RF" in text or "+++" in text or "***" in text):
        return []
    found = [_iso(match[0]) for match in _ISO.finditer(text)]
    found += [_swiss(match[0]) for match in _SWISS.finditer(text)]
    found += [_belgian(match[2]) for match in _BELGIAN.finditer(text)]
    return [reference for reference in found if reference]


def symbols_in_text(text: str) -> list[str]:
    """The variable and the specific symbol, where they stand behind slashes or with a mark behind their name;
    a specific one alone is none."""
    runs = [match[0] for match in _SYMBOLS.finditer(text)]
    found = [match for run in runs for match in _SYMBOL.finditer(run)]
    found += [match for match in _SYMBOL.finditer(text) if match[0][2] in ":="]
    if not any(match["name"] == "VS" for match in found):
        return []
    found.sort(key=lambda match: match["name"] != "VS")
    return [match["number"] for match in found]


def _has_digits(text: str) -> bool:
    """Whether there are enough for Switzerland's reference: few texts have, and the pattern tries each."""
    if len(text) < _SWISS_LENGTH:
        return False
    return len(text.encode("ascii", "replace").translate(None, _NO_DIGITS)) >= _SWISS_LENGTH


def _iso(text: str) -> str | None:
    """Words of the text may follow a reference in groups of four: the longest that holds counts."""
    groups = text.split(" ")
    for end in range(len(groups), 0, -1):
        reference = "".join(groups[:end])
        moved = reference[4:] + reference[:4]
        if len(reference) > 4 and int("".join(str(int(character, 36)) for character in moved)) % 97 == 1:
            return reference
    return None


def _swiss(text: str) -> str | None:
    digits, carry = text.replace(" ", ""), 0
    for digit in digits[:-1]:
        carry = _CARRIES[(carry + int(digit)) % 10]
    return digits if int(digits[-1]) == (10 - carry) % 10 and digits.strip("0") else None


def _belgian(text: str) -> str | None:
    digits = text.replace("/", "")
    return digits if int(digits[10:]) == (int(digits[:10]) % 97 or 97) else None


def _labelled(text: str) -> dict[str, str]:
    """What follows the first label of each kind, up to the next label."""
    upper = text.upper()
    if len(upper) != len(text):
        upper = "".join(letter.upper() if len(letter.upper()) == 1 else letter for letter in text)
    values: dict[str, str] = {}
    end = len(text)
    # Places are one more behind the blank.
    for match in reversed([*_LABEL.finditer(f" {upper}")]):
        values[_LABELS[match[1]]] = text[match.end() - 1 : end]
        end = match.start() - 1
    return values


def uetr_in_text(text: str) -> str | None:
    """The UUID after the word UETR."""
    match = _UETR.search(text) if "UETR" in text.upper() else None
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
    if numbered := _NUMBERED.match(line):
        line = numbered[1]
    found = text_or_none(_COLUMNS.split(line)[0].strip(" ,;/"))
    return found if found and any(character.isalpha() for character in found) else None
