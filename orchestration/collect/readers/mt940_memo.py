"""What banks put into the fields :86: and :NS: of an MT940: the dialects, and the plain text that is left.

Belongs here: reading one :86: into reference, counterparty, memo and what it names besides. Reference and
memo are parts of a line's id, so a text that is read better keeps them. Dialects: German sub-fields after
a three-digit code (?20, ?32; other separators in Poland), SEPA tags (EREF+, SVWZ+), slash tags (ING,
Rabobank, ABN AMRO: /EREF/, /NAME/, /REMI/), labels (ABN AMRO: NAAM:, KENMERK:), an IBAN and a name in
the first line (SNS, ASN).
"""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from orchestration.collect.readers.common import (
    UNNAMED,
    Named,
    both_references,
    is_iban,
    listed_references,
    named_reference,
    reference_or_none,
    text_or_none,
    to_named,
    without_spaces,
)
from orchestration.collect.readers.payment_text import read_payment_text

# Three digits before sub-fields are a code of GVC, but in Poland of the bank.
_POLISH_SEPARATORS = "~^<"
# GVC of SEPA payments that came back: direct debits (companies, anyone) and transfers. ?34 then says why.
_RETURN_CODES = {"108", "109", "159"}
_SUBFIELDS = re.compile(r"(?P<code>[0-9]{3})(?P<separator>[?@~^<>|+])(?=[0-9]{2})")
# Without the code, or with it once more since it stands in a :86: of its own before.
_UNCODED = re.compile(r"(?:(?P<code>[0-9]{3})(?P=code)(?=[?@~^<>|][0-9]{2})|(?=[?~^<](?:00|20)[^?~^<]))")
# Banks in Bulgaria have letters for the code.
_LETTERED = re.compile(r"[A-Z]{3}(?=\+00)")
_SUBFIELD = {
    separator: re.compile(rf"{re.escape(separator)}([0-9]{{2}})([^{re.escape(separator)}]*)")
    for separator in "?@~^<>|+"
}
_SEPA_NAMES = "EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|PURP|IBAN|BIC|SQTP|RCUR"
_SEPA_TAG = re.compile(rf"({_SEPA_NAMES})(?:\+|: )")
_SEPA_TAG_END = re.compile(rf"(?:{_SEPA_NAMES})$")
# ABN AMRO before its slash tags: labels in columns of 32 characters.
_LABEL = re.compile(
    r"\b(IBAN|BIC|NAAM|KENMERK|BETALINGSKENM\.|MACHTIGING|INCASSANT|OMSCHRIJVING|VOOR):(?: |$)"
)
_LABELLED = re.compile(r"SEPA [A-Z]+ .*\bIBAN: ")
_LINE_WIDTH = 65
# A sub-field that is full goes on in the next one.
_SUBFIELD_LENGTH = 27
_SLASH_TAG = re.compile(
    r"/(TRTP|TRCD|EREF|PREF|MARF|CSID|ORDP|BENM|NAME|IBAN|BIC|ADDR|REMI|RTRN|RTYP|ACCW|CNTP|UDTR|UCRD|PURP|"
    r"ISDT|SVCL|ORIG|PROC|NRTX|INIT|ULTD|ULTB|OCMT|CHGS|EXCH|ID|SUBID|OPN|CREF|PIGN|CDTRREFTP|CDTRREF|CD)(?=/)"
)
# Tags that only a bank writes: plain text that holds one of them is read for what it names.
_SURE_SLASH_TAG = re.compile(r"/(?:EREF|MARF|ORDP|BENM|NAME|NAAM|IBAN|REMI|CDTRREF|CNTP)/")
_SURE_SEPA_TAG = re.compile(r"\b(?:EREF|KREF|MREF|SVWZ|ABWA|ABWE)\+")
# The labels as other Dutch banks write them, in one column.
_PLAIN_LABEL = re.compile(
    r"\b(IBAN|BIC|NAAM|BETALINGSKENMERK|BETALINGSKENM\.|KENMERK|MACHTIGING|INCASSANT|OMSCHRIJVING|"
    r"VALUTADATUM|DATUM/TIJD|VOOR)(?: ID)?: ?",
    re.IGNORECASE,
)
_SURE_LABEL = re.compile(r"\b(?:NAAM|BETALINGSKENMERK|BETALINGSKENM\.|KENMERK): ", re.IGNORECASE)
_TOLD = {"EREF", "PREF", "REMI", "TRTP", "MARF", "UDTR", "UCRD", "TRCD", "RTRN", "ORDP", "BENM"}
_STRUCTURED = re.compile(r"STRD/(?:[A-Z]{3}/)?([^/]+)")
_ORIGINAL = re.compile(r"/OCMT/ ?([A-Z]{3}) ?([0-9]{1,15}(?:,[0-9]{0,5})?)(?![0-9,])")
_SLASH_TAG_OR_NAAM = re.compile(_SLASH_TAG.pattern.replace("|NAME|", "|NAME|NAAM|"))
_MEMO_CODES = {f"{code}" for code in (*range(20, 30), *range(60, 64))}
_SUBFIELD_CODES = {"00", "10", *_MEMO_CODES, *(f"{code}" for code in range(30, 40))}
# Where the columns begin that a message's sub-fields give besides its purpose.
_ULTIMATE = Named._fields.index("ultimate_counterparty")
_NOTE_CODES = [f"{code:02}" for code in range(1, 15)]


class Memo(NamedTuple):
    """What a :86: says about its entry; None where it says nothing. is_plain: it is of no dialect."""

    reference: str | None = None
    counterparty: str | None = None
    counterparty_account: str | None = None
    memo: str | None = None
    named: Named = Named()
    is_plain: bool = False


_to_memo = functools.partial(tuple.__new__, Memo)
# From the cheque's number on.
_UNSAID = UNNAMED[Named._fields.index("cheque_number") :]


def read_memo(lines: list[str], joined: str, is_credit: bool) -> Memo:
    """One :86:, given as its lines without the tag and as one text; is_credit: of the payment, or of the one
    it reverses.

    Text of no known dialect is the memo as it stands; what it names all the same is read beside it.
    """
    joined = joined.lstrip()
    if subfields := _SUBFIELDS.match(joined):
        text = joined[subfields.end() - 1 :]
        return _from_subfields(text, subfields["separator"], subfields["code"], is_credit)
    if _SEPA_TAG.match(joined):
        return _from_sepa(joined, is_credit)
    if _SLASH_TAG.match(joined):
        return _from_slash_tags(joined, _SLASH_TAG, is_credit)
    if joined.startswith("SEPA") and _LABELLED.match(" ".join(lines)):
        return _from_labels(lines, _LABEL)
    first, _, name = lines[0].partition(" ")
    if name and is_iban(first):
        return Memo(None, text_or_none(name), first, text_or_none(" ".join(lines[1:])))
    text = _glued(lines, _LINE_WIDTH)
    return _from_plain_text(lines, joined, text, is_credit)._replace(
        reference=None, memo=text_or_none(text), is_plain=True
    )


def _from_plain_text(lines: list[str], joined: str, text: str, is_credit: bool) -> Memo:
    """What a plain text names; its reference and memo do not count."""
    if coded := _LETTERED.match(joined):
        found = _from_subfields(joined[coded.end() :], "+", coded[0], is_credit)
        named = found.named._replace(proprietary_code=coded[0], proprietary_code_scheme="proprietary")
        return found._replace(named=named)
    if uncoded := _UNCODED.match(joined):
        text = joined[uncoded.end() :]
        found = _from_subfields(text, text[0], uncoded["code"] or "", is_credit)
        if uncoded["code"] is None:
            found = found._replace(
                named=found.named._replace(proprietary_code=None, proprietary_code_scheme=None)
            )
        return found
    if "/" in joined and _SURE_SLASH_TAG.search(joined):
        return _from_slash_tags(joined, _SLASH_TAG_OR_NAAM, is_credit)
    if "+" in joined and _SURE_SEPA_TAG.search(joined):
        return _from_sepa(joined, is_credit)
    if ":" in text and _SURE_LABEL.search(text):
        return _from_labels(lines, _PLAIN_LABEL)
    counterparty, named = read_payment_text(text, is_credit)
    return Memo(counterparty=counterparty, named=named)


def original_amount(joined: str) -> tuple[str, str] | None:
    """The currency and the amount that /OCMT/ states, as written, in :86: or the details of :61:.

    Sub-fields may cut it anywhere. The rate of /EXCH/ is not read.
    """
    if "/" not in joined:
        return None
    joined = joined.lstrip()
    if subfields := _SUBFIELDS.match(joined):
        joined = re.sub(rf"{re.escape(subfields['separator'])}[0-9]{{2}}", "", joined)
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


def _from_subfields(text: str, separator: str, code_of_entry: str, is_credit: bool) -> Memo:
    values = _subfields(text, separator)
    said = values.get
    purpose = [values[code] for code in sorted(_MEMO_CODES.intersection(values))]
    account, name, first_name = said("38") or said("31"), said("33", ""), said("32", "")
    is_polish = separator in _POLISH_SEPARATORS
    if is_polish:
        if "38" not in values and is_iban(said("29", "").strip()):
            account = said("29")
        elif not (name or first_name or said("26")):
            # Behind a purpose that ends before: who it is, and the address.
            first_name, name = said("27", ""), f" {said('28', '')} {said('29', '')}"
        if len(first_name) < _SUBFIELD_LENGTH:
            first_name += " "
    if account is None and name and is_iban(without_spaces(name)):
        account, name = name, ""
    joined = "".join(purpose)
    is_returned = not is_polish and code_of_entry in _RETURN_CODES
    if ("+" in joined or ": " in joined) and _SEPA_TAG.search(joined):
        found = _from_sepa(joined, is_credit != is_returned)
    else:
        text = _glued(purpose, _SUBFIELD_LENGTH)
        _, named = read_payment_text(text, is_credit)
        found = Memo(memo=text_or_none(text), named=named)
    reference, other, other_account, memo, named, _ = found
    counterparty = text_or_none(first_name + name)
    scheme, reason = "proprietary" if is_polish else "gvc", said("34") if is_returned else None
    ultimate = other if counterparty else None
    return _to_memo(
        (
            reference,
            counterparty or other,
            (without_spaces(account) if account else None) or other_account,
            memo or text_or_none(said("00")),
            to_named((*named[:_ULTIMATE], ultimate, None, code_of_entry, scheme, text_or_none(reason))),
            False,
        )
    )


def _glued(parts: list[str], width: int) -> str:
    """One text: a part that is full goes on in the next one, any other ends with a word."""
    return "".join(part if len(part) >= width else f"{part} " for part in parts)


def _subfields(text: str, separator: str) -> dict[str, str]:
    """The sub-fields by code. What repeats is joined; what follows a separator without a code is text."""
    values: dict[str, str] = dict(_SUBFIELD[separator].findall(text))
    if separator != "+" and len(values) == text.count(separator) and values.keys() <= _SUBFIELD_CODES:
        return values
    values, last = {}, ""
    for part in text.split(separator)[1:]:
        code, value = part[:2], part[2:]
        is_tag = separator == "+" and _SEPA_TAG_END.search(values.get(last, "")) is not None
        if not last or (code in _SUBFIELD_CODES and not is_tag):
            if code not in values:
                last = code
            values[code] = values.get(code, "") + value
        elif part:
            values[last] += separator + part
    return values


def _tagged(text: str, tag: re.Pattern[str]) -> tuple[str, dict[str, str]]:
    """The text before the first tag, and the first value of each tag."""
    pieces = tag.split(text)
    # Backwards, so that the first value of a tag is the last that is put.
    return pieces[0], dict(zip(pieces[-2::-2], pieces[:0:-2], strict=True))


def _from_sepa(text: str, is_credit: bool) -> Memo:
    """ABWA is on whose behalf the debtor pays, ABWE on whose behalf the creditor is paid."""
    before, values = _tagged(text, _SEPA_TAG)
    said = values.get
    mandate, account, behalf = said("MREF"), said("IBAN"), said("ABWA" if is_credit else "ABWE")
    end_to_end, named_end_to_end = both_references(values["EREF"]) if "EREF" in values else (None, None)
    own, named_own = both_references(values["KREF"]) if "KREF" in values else (None, None)
    mandate = named_reference(mandate) if mandate else None
    return _to_memo(
        (
            end_to_end or own,
            text_or_none(behalf) if behalf else None,
            (without_spaces(account) or None) if account else None,
            text_or_none(said("SVWZ")) or text_or_none(before),
            to_named((None, named_end_to_end, None, named_own, None, mandate, *_UNSAID)),
            False,
        )
    )


def _from_labels(lines: list[str], label: re.Pattern[str]) -> Memo:
    """A line that is full goes on in the next one without a blank, unless a label starts that one."""
    following = [*lines[1:], ""]
    text = "".join(
        line if len(line) >= _LINE_WIDTH and not label.match(after) else line + " "
        for line, after in zip(lines, following, strict=True)
    )
    _, values = _tagged(text, label)
    values = {name.upper(): value for name, value in values.items()}
    account = values.get("IBAN")
    return Memo(
        reference_or_none(values.get("KENMERK")) or reference_or_none(values.get("BETALINGSKENM.")),
        text_or_none(values.get("NAAM")),
        (without_spaces(account) or None) if account else None,
        text_or_none(values.get("OMSCHRIJVING")),
        Named(
            creditor_reference=listed_references(
                [values.get("BETALINGSKENM."), values.get("BETALINGSKENMERK")]
            ),
            end_to_end_id=named_reference(values.get("KENMERK")),
            mandate_id=named_reference(values.get("MACHTIGING")),
        ),
    )


def _from_slash_tags(text: str, tag: re.Pattern[str], is_credit: bool) -> Memo:
    parts = tag.split(text)
    pieces = [*zip(parts[1::2], [part.strip(" /") for part in parts[2::2]], strict=True)]
    # Backwards, so that the first value of a tag is the last that is put.
    values = dict(reversed(pieces))
    references = [value for name, value in pieces if name == "CDTRREF"]
    debtor, creditor = _parties(pieces) if "ORDP" in values or "BENM" in values else (_NOBODY, _NOBODY)
    account = values.get("IBAN")
    name = values.get("NAME") or values.get("NAAM")
    if "CNTP" in values:
        parts = values["CNTP"].split("/")
        account = account or parts[0]
        name = name or (parts[2] if len(parts) > 2 else None)
    if debtor.name and creditor.name:
        name, account = debtor if is_credit else creditor
    structured = _STRUCTURED.match(values.get("REMI", ""))
    memo = _remittance(values.get("REMI")) or text_or_none(values.get("TRTP"))
    if memo is None and not (name or account or references or values.keys() & _TOLD):
        # Amounts and rates alone: what stands among them is said nowhere else.
        return Memo(memo=text_or_none(text))
    return Memo(
        reference_or_none(values.get("EREF")) or reference_or_none(values.get("PREF")),
        text_or_none(name),
        (without_spaces(account) or None) if account else None,
        memo,
        Named(
            creditor_reference=listed_references([*references, structured and structured[1]]),
            end_to_end_id=named_reference(values.get("EREF")),
            customer_reference=named_reference(values.get("PREF")),
            mandate_id=named_reference(values.get("MARF")),
            debtor_name=debtor.name,
            creditor_name=creditor.name,
            ultimate_counterparty=text_or_none(values.get("UDTR" if is_credit else "UCRD")),
            proprietary_code=text_or_none(values.get("TRCD")),
            proprietary_code_scheme="proprietary" if values.get("TRCD") else None,
            return_reason=text_or_none(values.get("RTRN", "").partition("/")[0]),
        ),
    )


class _Party(NamedTuple):
    name: str | None = None
    account: str | None = None


_NOBODY = _Party()


def _parties(pieces: list[tuple[str, str]]) -> tuple[_Party, _Party]:
    """The debtor and the creditor where ORDP and BENM tell whose the names and accounts after them are."""
    parties = {"ORDP": _NOBODY, "BENM": _NOBODY}
    role = ""
    for name, value in pieces:
        party = parties.get(role)
        if name in ("ORDP", "BENM", "ULTD", "ULTB"):
            role = name
        elif party and name == "NAME" and party.name is None:
            parties[role] = party._replace(name=text_or_none(value))
        elif party and name == "IBAN" and party.account is None:
            parties[role] = party._replace(account=value)
    return parties["ORDP"], parties["BENM"]


def _remittance(text: str | None) -> str | None:
    """REMI's text; USTD// and STRD/<issuer>/ announce unstructured and structured remittance."""
    if text is None:
        return None
    return text_or_none(re.sub(r"^(?:USTD//|STRD/(?:CUR/)?)", "", text))
