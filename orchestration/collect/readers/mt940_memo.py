"""What banks put into the fields :86: and :NS: of an MT940: the dialects, and the plain text that is left.

Belongs here: reading one :86: into reference, counterparty and memo. Dialects: German sub-fields after
a three-digit code (?20, ?32; other separators in Poland), SEPA tags (EREF+, SVWZ+), slash tags (ING,
Rabobank, ABN AMRO: /EREF/, /NAME/, /REMI/), labels (ABN AMRO: NAAM:, KENMERK:), an IBAN and a name in
the first line (SNS, ASN).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from orchestration.collect.readers.common import is_iban, reference_or_none, text_or_none, without_spaces

_SUBFIELDS = re.compile(r"[0-9]{3}([?@~^<>|+])(?=[0-9]{2})")
_SEPA_NAMES = "EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|PURP|IBAN|BIC|SQTP|RCUR"
_SEPA_TAG = re.compile(rf"({_SEPA_NAMES})(?:\+|: )")
_SEPA_TAG_END = re.compile(rf"(?:{_SEPA_NAMES})$")
# ABN AMRO before its slash tags: labels in columns of 32 characters.
_LABEL = re.compile(
    r"\b(IBAN|BIC|NAAM|KENMERK|BETALINGSKENM\.|MACHTIGING|INCASSANT|OMSCHRIJVING|VOOR):(?: |$)"
)
_LABELLED = re.compile(r"SEPA [A-Z]+ .*\bIBAN: ")
_LINE_WIDTH = 65
_SLASH_TAG = re.compile(
    r"/(TRTP|TRCD|EREF|PREF|MARF|CSID|ORDP|BENM|NAME|IBAN|BIC|ADDR|REMI|RTRN|RTYP|ACCW|CNTP|UDTR|UCRD|PURP|"
    r"ISDT|SVCL|ORIG|PROC|NRTX|INIT|ULTD|ULTB|OCMT|CHGS|EXCH|ID|SUBID|OPN|CREF|PIGN|CDTRREFTP|CDTRREF|CD)/"
)
_ORIGINAL = re.compile(r"/OCMT/ ?([A-Z]{3}) ?([0-9]{1,15}(?:,[0-9]{0,5})?)(?![0-9,])")
_MEMO_CODES = [f"{code}" for code in (*range(20, 30), *range(60, 64))]
_SUBFIELD_CODES = {"00", "10", *_MEMO_CODES, *(f"{code}" for code in range(30, 40))}
_NOTE_CODES = [f"{code:02}" for code in range(1, 15)]


class Memo(NamedTuple):
    """What a :86: says about its entry; None where it says nothing."""

    reference: str | None = None
    counterparty: str | None = None
    counterparty_account: str | None = None
    memo: str | None = None


def read_memo(lines: list[str]) -> Memo:
    """One :86:, given as its lines without the tag. Text of no known dialect is the memo as it stands."""
    joined = "".join(lines).lstrip()
    if subfields := _SUBFIELDS.match(joined):
        return _from_subfields(joined[subfields.end() - 1 :], subfields[1])
    if _SEPA_TAG.match(joined):
        return _from_sepa(joined)
    if _SLASH_TAG.match(joined):
        return _from_slash_tags(joined)
    if _LABELLED.match(" ".join(lines)):
        return _from_labels(lines)
    first, _, name = lines[0].partition(" ")
    if name and is_iban(first):
        return Memo(None, text_or_none(name), first, text_or_none(" ".join(lines[1:])))
    return Memo(memo=text_or_none(" ".join(lines)))


def original_amount(lines: list[str]) -> tuple[str, str] | None:
    """The currency and the amount that /OCMT/ states, as written, in :86: or the details of :61:.

    Sub-fields may cut it anywhere. The rate of /EXCH/ is not read.
    """
    joined = "".join(lines).lstrip()
    if "/" not in joined:
        return None
    if subfields := _SUBFIELDS.match(joined):
        joined = re.sub(rf"{re.escape(subfields[1])}[0-9]{{2}}", "", joined)
    match = _ORIGINAL.search(joined)
    return (match[1], match[2]) if match else None


def read_notes(lines: list[str]) -> Memo:
    """One :NS: of an entry, lines of a two-digit code and a value: 01-14 text, 15-16 name, 34 account."""
    values = {line[:2]: line[2:] for line in lines}
    account = values.get("34")
    return Memo(
        counterparty=text_or_none(values.get("15", "") + values.get("16", "")),
        counterparty_account=(without_spaces(account) or None) if account else None,
        memo=text_or_none(" ".join(values[code] for code in _NOTE_CODES if code in values)),
    )


def _from_subfields(text: str, separator: str) -> Memo:
    values: dict[str, str] = {}
    last = ""
    for part in text.split(separator)[1:]:
        code, value = part[:2], part[2:]
        is_tag = separator == "+" and _SEPA_TAG_END.search(values.get(last, "")) is not None
        if not last or (code in _SUBFIELD_CODES and not is_tag):
            if code not in values:
                last = code
            values[code] = values.get(code, "") + value
        elif part:
            values[last] += separator + part
    purpose = [values[code] for code in _MEMO_CODES if code in values]
    account, name = values.get("38") or values.get("31"), values.get("33", "")
    if account is None and is_iban(without_spaces(name)):
        account, name = name, ""
    joined = "".join(purpose)
    found = _from_sepa(joined) if _SEPA_TAG.search(joined) else Memo(memo=text_or_none(" ".join(purpose)))
    return Memo(
        found.reference,
        text_or_none(values.get("32", "") + name) or found.counterparty,
        (without_spaces(account) if account else None) or found.counterparty_account,
        found.memo or text_or_none(values.get("00")),
    )


def _tagged(text: str, tag: re.Pattern[str]) -> tuple[str, dict[str, str]]:
    """The text before the first tag, and the first value of each tag."""
    pieces = tag.split(text)
    values: dict[str, str] = {}
    for name, value in zip(pieces[1::2], pieces[2::2], strict=True):
        values.setdefault(name, value)
    return pieces[0], values


def _from_sepa(text: str) -> Memo:
    before, values = _tagged(text, _SEPA_TAG)
    account = values.get("IBAN")
    return Memo(
        reference_or_none(values.get("EREF")) or reference_or_none(values.get("KREF")),
        text_or_none(values.get("ABWA")) or text_or_none(values.get("ABWE")),
        (without_spaces(account) or None) if account else None,
        text_or_none(values.get("SVWZ")) or text_or_none(before),
    )


def _from_labels(lines: list[str]) -> Memo:
    """A line that is full goes on in the next one without a blank."""
    text = "".join(line if len(line) >= _LINE_WIDTH else line + " " for line in lines)
    _, values = _tagged(text, _LABEL)
    account = values.get("IBAN")
    return Memo(
        reference_or_none(values.get("KENMERK")) or reference_or_none(values.get("BETALINGSKENM.")),
        text_or_none(values.get("NAAM")),
        (without_spaces(account) or None) if account else None,
        text_or_none(values.get("OMSCHRIJVING")),
    )


def _from_slash_tags(text: str) -> Memo:
    _, values = _tagged(text, _SLASH_TAG)
    values = {name: value.strip(" /") for name, value in values.items()}
    account, name = values.get("IBAN"), values.get("NAME")
    if "CNTP" in values:
        parts = values["CNTP"].split("/")
        account = account or parts[0]
        name = name or (parts[2] if len(parts) > 2 else None)
    return Memo(
        reference_or_none(values.get("EREF")) or reference_or_none(values.get("PREF")),
        text_or_none(name),
        (without_spaces(account) or None) if account else None,
        _remittance(values.get("REMI")) or text_or_none(values.get("TRTP")),
    )


def _remittance(text: str | None) -> str | None:
    """REMI's text; USTD// and STRD/<issuer>/ announce unstructured and structured remittance."""
    if text is None:
        return None
    return text_or_none(re.sub(r"^(?:USTD//|STRD/(?:CUR/)?)", "", text))
