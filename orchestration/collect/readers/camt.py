"""Reader of ISO 20022 cash reports: CAMT.052, CAMT.053 and CAMT.054, versions 02 and later.

Elements are matched by local name, so any namespace or none is read. The grain is kept on both levels:
an Ntry is a BankStatementLine, each TxDtls with an amount a BankStatementLineDetail. Their sums may
differ by charges (an entry of 1,526 with details of 1,500 and Chrgs of 26).
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, BinaryIO, NamedTuple

from lxml import etree

from orchestration.collect.readers.common import (
    MAX_INTEGER_DIGITS,
    UNNAMED,
    Named,
    at_line,
    bank_id_of,
    currency_decimals,
    listed_balances,
    listed_references,
    named_reference,
    original,
    parse_amount,
    parse_currency,
    parse_iso_date,
    plain_text,
    reference_or_none,
    text_or_none,
    to_line,
    to_named,
    without_spaces,
)
from orchestration.collect.readers.payment_text import read_payment_text, symbols_in_text
from orchestration.collect.readers.xml_nodes import (
    LINE,
    Node,
    child_of,
    children_of,
    forget,
    local_name,
    text_of,
    to_node,
)
from orchestration.collect.readers.xml_shapes import read_repeated
from orchestration.lake.datasets import BankStatement, BankStatementLine, BankStatementLineDetail
from orchestration.lake.errors import UnreadableFile

MESSAGE_TYPES = {"Stmt": "statement", "Rpt": "intraday", "Ntfctn": "notification"}
# Kinds of balances, the ones that are preferred first. Banks that also write BAI2 give its codes here.
OPENING_KINDS = (("OPBD", "010"), ("PRCD",))
CLOSING_KINDS = (("CLBD", "015"),)
AMOUNT_DETAILS = (("AmtDtls", "InstdAmt"), ("AmtDtls", "TxAmt"), ("AmtDtls", "CntrValAmt"))
GVC_ISSUERS = ("DK", "ZKA")
# Places among the columns of Named.
CUSTOMER_REFERENCE = Named._fields.index("customer_reference")
CODES = slice(
    Named._fields.index("transaction_code_scheme"), Named._fields.index("proprietary_code_scheme") + 1
)
BOOKING_STATUSES = {"BOOK": "booked", "PDNG": "pending", "INFO": "pending", "FUTR": "pending"}
# What German banks write: SWIFT's type, the three digits of GVC, and more.
_GVC = re.compile(r"(?:[NSF][A-Z0-9]{3}\+)?([0-9]{3})(?:\+[0-9+]*)?")
_RATE = re.compile(r"[0-9]{1,12}(?:\.[0-9]{0,12})?")
_SWIFT_TYPE = re.compile(r"[NSF][A-Z0-9]{3}")
# One entry: about 50,000 details.
MAX_ENTRY_BYTES = 64 << 20

# Sums of amounts must be exact; the default context rounds to 28 digits.
_EXACT = Context(prec=100)


class _Counts:
    """Number and sum of entries, credits and debits apart."""

    def __init__(self) -> None:
        self.number = {1: 0, -1: 0}
        self.sum = {1: Decimal(0), -1: Decimal(0)}

    def add(self, amount: Decimal, sign: int) -> None:
        """Count one entry of the direction: 1 for a credit, -1 for a debit."""
        self.number[sign] += 1
        self.sum[sign] = _EXACT.add(self.sum[sign], abs(amount))


class _Head(NamedTuple):
    """What a statement says before its entries: the columns of a BankStatement in their order, and more.

    path and position: where it stands. created_on: when a report or notification was written.
    """

    path: str
    position: str
    created_on: datetime.date | None
    line_number: int
    message_type: str
    account_number: str
    currency: str
    statement_reference: str | None
    sequence_number: int | None
    page_number: int | None
    opening_balance: Decimal | None
    closing_balance: Decimal | None
    period_start_on: datetime.date | None
    opening_on: datetime.date | None
    closing_on: datetime.date | None
    owner_name: str | None
    bank_id: str | None
    other_balances: str | None


class _Party(NamedTuple):
    """A side of a payment: its name (where it has none the ultimate party's), account and ultimate party."""

    name: str | None = None
    account: str | None = None
    ultimate_name: str | None = None


_NO_PARTY = _Party()
_SIDES = {side: (side, f"Ultmt{side}", f"{side}Acct") for side in ("Dbtr", "Cdtr")}
_NAMED_REFS = {"EndToEndId", "InstrId", "PmtInfId", "AcctOwnrTxId", "UETR", "MndtId", "ChqNb"}
# What the banks on the way call a payment, for want of the account's own bank's name for it.
_BANK_REFS = ("TxId", "ClrSysRef", "MktInfrstrctrTxId", "AcctSvcrTxId")
_to_detail = functools.partial(tuple.__new__, BankStatementLineDetail)


class _Said(NamedTuple):
    """What a TxDtls says about its payment; None where it says nothing."""

    reference: str | None = None
    bank_reference: str | None = None
    counterparty: str | None = None
    counterparty_account: str | None = None
    memo: str | None = None
    named: Named = Named()
    transaction_code: str | None = None


def read_camt(stream: BinaryIO) -> Iterator[BankStatement | BankStatementLine | BankStatementLineDetail]:
    """Lines and details of each statement, then the statement. Memory does not grow with the entries.

    Amounts are in the account's currency, signed by CdtDbtInd alone: RvslInd marks an entry and does
    not turn its sign. Raises UnreadableFile for XML that is broken, cut short, declares a DTD or holds
    no Stmt, Rpt or Ntfctn, and for a value that cannot be read.
    """
    try:
        yield from _rows(read_repeated(stream, (*MESSAGE_TYPES,), "Ntry", {"Ntry": MAX_ENTRY_BYTES}))
    except etree.XMLSyntaxError as error:
        line, column = error.position
        position = at_line(line) if line > 2 else f"{at_line(max(line, 1))}, column {column}"
        raise UnreadableFile(f"the XML cannot be parsed: {error.msg}", position) from error


def _rows(events: Any) -> Iterator[BankStatement | BankStatementLine | BankStatementLineDetail]:
    statement_number = entry_number = line_before = 0
    head: _Head | None = None
    counts = _Counts()
    container: Any = None
    for event, element, node in events:
        name = "Ntry" if element is None else local_name(element.tag)
        if name in MESSAGE_TYPES:
            if event == "start" and container is None:
                statement_number, entry_number = statement_number + 1, 0
                head, container, counts, line_before = None, element, _Counts(), element.sourceline
            elif event == "end" and element is container:
                # Once more: balances may stand behind the entries.
                head = _head(element, statement_number, head.currency if head else None)
                if head.page_number is None:
                    _prove(_summary(element), counts, head)
                if entry_number and head.opening_on and head.closing_on and head.closing_on < head.opening_on:
                    raise UnreadableFile(
                        f"the statement closes on {head.closing_on}, before it opens on {head.opening_on}",
                        head.position,
                    )
                container = None
                yield BankStatement(statement_number, *head[3:])
                forget(element)
        elif name == "Ntry" and event == "end":
            line = node[LINE][0]
            if container is None or (element is not None and element.getparent() is not container):
                raise UnreadableFile("an Ntry stands outside a statement", at_line(line))
            if head is None:
                head = _head(container, statement_number)
            entry_number += 1
            position = at_path(line, line_before, f"{head.path}/Ntry {entry_number}")
            line_before = line
            rows = list(_entry(node, head, position, statement_number, entry_number))
            counts.add(rows[0].amount, 1 if node["CdtDbtInd"][0] == "CRDT" else -1)
            yield from rows
            if element is not None:
                forget(element)
    if statement_number == 0:
        raise UnreadableFile("the file holds no Stmt, Rpt or Ntfctn element")


def _line_of(node: Node, otherwise: int) -> int:
    return node[LINE][0] if node else otherwise


def at_path(line: int, line_before: int, path: str) -> str:
    """The line of an element, or its path where the element around or before it stands in that line too."""
    return path if line == line_before else at_line(line)


def _head(element: Any, statement_number: int, currency_of_entry: str | None = None) -> _Head:
    first_line, container = element.sourceline, local_name(element.tag)
    path = f"{container} {statement_number}"
    parent = element.getparent()
    position = at_path(first_line, first_line if parent is None else parent.sourceline, path)
    node: Node = {LINE: [first_line]}
    for child in element:
        name = local_name(child.tag)
        if name == "Ntry":
            currency_of_entry = currency_of_entry or text_of(to_node(child), "Amt@Ccy")
        else:
            node.setdefault(name, []).append(to_node(child) if len(child) else (child.text or "").strip())
    balances = children_of(node, "Bal")
    currency = (
        text_of(node, "Acct", "Ccy")
        or next((found for balance in balances if (found := text_of(balance, "Amt@Ccy"))), None)
        or currency_of_entry
    )
    account = text_of(node, "Acct", "Id", "IBAN") or text_of(node, "Acct", "Id", "Othr", "Id")
    if account is None:
        raise UnreadableFile("the statement names no account", position)
    if currency is None:
        raise UnreadableFile("the statement names no currency", position)
    places = [
        at_path(balance[LINE][0], first_line, f"{path}/Bal {number}")
        for number, balance in enumerate(balances, start=1)
    ]
    opening, closing, other_balances = _opening_and_closing(balances, places, currency)
    until = _moment(node, "ToDt", position)
    created = None
    if container != "Stmt":
        group = next((child for child in parent if local_name(child.tag) == "GrpHdr"), None)
        created = text_of(node, "CreDtTm") or (
            text_of(to_node(group), "CreDtTm") if group is not None else None
        )
    return _Head(
        path,
        position,
        parse_iso_date(created, position) if created else None,
        first_line,
        MESSAGE_TYPES[container],
        without_spaces(account),
        parse_currency(currency, position),
        text_of(node, "Id"),
        _number(text_of(node, "ElctrncSeqNb") or text_of(node, "LglSeqNb"), position),
        _page(
            child_of(node, "StmtPgntn") or child_of(node, "RptPgntn") or child_of(node, "NtfctnPgntn"),
            position,
        ),
        opening and opening[0],
        closing and closing[0],
        _moment(node, "FrDt", position),
        opening and opening[1],
        closing[1] if closing else until,
        _party_name(child_of(node, "Acct", "Ownr")),
        bank_id_of(
            without_spaces(account), text_of(node, "Acct", "Svcr", "FinInstnId", "ClrSysMmbId", "MmbId")
        ),
        other_balances,
    )


def _summary(element: Any) -> Node:
    """The statement's TxsSummry, or an empty node."""
    return next((to_node(child) for child in element if local_name(child.tag) == "TxsSummry"), {})


def _prove(summary: Node, counts: _Counts, head: _Head) -> None:
    """Numbers and sums that the statement declares against its entries.

    A page of several may declare the totals of all of them, so it is left out. NbOfNtries and Sum of
    TtlNtries take credits and debits together; the net is signed by its own CdtDbtInd.
    """
    credits, debits = (counts.number[1], counts.sum[1]), (counts.number[-1], counts.sum[-1])
    together = credits[0] + debits[0], _EXACT.add(credits[1], debits[1])
    for name, (number, total) in {
        "TtlNtries": together,
        "TtlCdtNtries": credits,
        "TtlDbtNtries": debits,
    }.items():
        declared = child_of(summary, name)
        position = at_path(_line_of(declared, 1), head.line_number, f"{head.path}/TxsSummry/{name}")
        for part, counted in (("NbOfNtries", Decimal(number)), ("Sum", total)):
            text = text_of(declared, part)
            if text is not None and _unsigned(text, position) != counted:
                raise UnreadableFile(
                    f"{name}/{part} is declared as {text} and counted as {counted}", position
                )
    declared = child_of(summary, "TtlNtries")
    holder, name = (
        (child_of(declared, "TtlNetNtry"), "Amt")
        if child_of(declared, "TtlNetNtry")
        else (declared, "TtlNetNtryAmt")
    )
    text, net = text_of(holder, name), _EXACT.subtract(credits[1], debits[1])
    if text is None:
        return
    position = at_path(_line_of(declared, 1), head.line_number, f"{head.path}/TxsSummry/TtlNtries")
    amount, indicator = _unsigned(text, position), text_of(holder, "CdtDbtInd")
    expected = net if indicator == "CRDT" else -net if indicator == "DBIT" else abs(net)
    if amount != expected:
        raise UnreadableFile(
            f"the net of TtlNtries is declared as {text} and counted as {expected}", position
        )


def _number(text: str | None, position: str) -> int | None:
    if text is None:
        return None
    if re.fullmatch(r"[0-9]{1,18}", text) is None:
        raise UnreadableFile(f"{text!r} is not a sequence number", position)
    return int(text)


def _page(node: Node, position: str) -> int | None:
    page = _number(text_of(node, "PgNb"), position)
    return None if page == 1 and _is_true(text_of(node, "LastPgInd")) else page


def _is_true(text: str | None) -> bool:
    return text in ("true", "1")


def _moment(node: Node, name: str, position: str) -> datetime.date | None:
    """FrDt or ToDt of the period, as a date or a date-time."""
    text = text_of(node, "FrToDt", f"{name}Tm") or text_of(node, "FrToDt", name)
    return parse_iso_date(text, position) if text else None


class _Balance(NamedTuple):
    kind: str
    currency: str
    amount: Decimal
    balance_on: datetime.date | None
    position: str


def _opening_and_closing(
    nodes: list[Node], places: list[str], currency: str
) -> tuple[
    tuple[Decimal, datetime.date | None] | None, tuple[Decimal, datetime.date | None] | None, str | None
]:
    """The earliest opening and the latest closing balance in the account's currency, and the others named.

    Banks may add balances in other currencies; one that stands in another currency alone is refused.
    """
    balances = [
        _Balance(
            (
                text_of(node, "Tp", "CdOrPrtry", "Cd")
                or text_of(node, "Tp", "CdOrPrtry", "Prtry")
                or text_of(node, "Tp", "CdOrPrtry", "Prtry", "Id")
                or "balance"
            ).upper(),
            text_of(node, "Amt@Ccy") or currency,
            _signed(node, position),
            _date(node, "Dt", position),
            position,
        )
        for node, position in zip(nodes, places, strict=True)
    ]
    opening = _chosen(balances, OPENING_KINDS, currency, min)
    closing = _chosen(balances, CLOSING_KINDS, currency, max)
    others = [balance for balance in balances if balance is not opening and balance is not closing]
    return (
        opening and (opening.amount, opening.balance_on),
        closing and (closing.amount, closing.balance_on),
        listed_balances(balance[:3] for balance in others),
    )


def _chosen(
    balances: list[_Balance],
    kinds: tuple[tuple[str, ...], ...],
    currency: str,
    first: Callable[..., _Balance],
) -> _Balance | None:
    """The first by date, as min or max says, of the first kinds that there are."""
    for codes in kinds:
        found = [balance for balance in balances if balance.kind in codes and balance.currency == currency]
        if found:
            return first(found, key=lambda balance: balance.balance_on or datetime.date.min)
    for balance in balances:
        if any(balance.kind in codes for codes in kinds):
            raise UnreadableFile(
                f"the balance {balance.kind} is in {balance.currency} alone, the account in {currency}",
                balance.position,
            )
    return None


def _signed(node: Node, position: str, indicator: str | None = None) -> Decimal:
    """The node's Amt, signed by its CdtDbtInd, or by the given one where it has none."""
    text = text_of(node, "Amt")
    if text is None:
        raise UnreadableFile("an amount is missing", position)
    return _direction(text_of(node, "CdtDbtInd") or indicator, position) * _unsigned(text, position)


def _unsigned(text: str, position: str) -> Decimal:
    if text.startswith("-"):
        raise UnreadableFile(
            f"the amount {text!r} is negative; CdtDbtInd alone gives the direction", position
        )
    return parse_amount(text, position)


def _direction(indicator: str | None, position: str) -> int:
    if indicator == "CRDT":
        return 1
    if indicator == "DBIT":
        return -1
    raise UnreadableFile(f"CdtDbtInd is {indicator!r}, neither CRDT nor DBIT", position)


def _date(node: Node, name: str, position: str) -> datetime.date | None:
    text = text_of(node, name, "Dt") or text_of(node, name, "DtTm") or text_of(node, name)
    return parse_iso_date(text, position) if text else None


def _entry(
    entry: Node, head: _Head, position: str, statement_number: int, entry_number: int
) -> Iterator[BankStatementLine | BankStatementLineDetail]:
    line_number = entry[LINE][0]
    amount = _signed(entry, position)
    indicator = text_of(entry, "CdtDbtInd")
    currency = text_of(entry, "Amt@Ccy") or head.currency
    if currency != head.currency:
        raise UnreadableFile(f"an entry in {currency} stands in an account in {head.currency}", position)
    is_reversal = _is_true(text_of(entry, "RvslInd"))
    groups = [(group, children_of(group, "TxDtls")) for group in children_of(entry, "NtryDtls")]
    details = [detail for _, of_group in groups for detail in of_group]
    batches: list[str | None] = []
    if len(groups) > 1:
        batches = [_batch_reference(group) for group, of_group in groups for _ in of_group]
    single = details[0] if len(details) == 1 else {}
    said = [_said(detail, indicator, is_reversal, head) for detail in details]
    single_said = said[0] if single else _Said()
    text = text_or_none(text_of(entry, "AddtlNtryInf"))
    single_said = _with_text(single_said, text, (indicator == "CRDT") != is_reversal, head)
    batch = _batch_reference(groups[0][0]) if groups else None
    batch_reference = named_reference(batch)
    transaction_code, *codes = _codes(entry)
    if transaction_code is None:
        transaction_code, *codes = _codes(single)
    named = list(single_said.named)
    named[CUSTOMER_REFERENCE] = named[CUSTOMER_REFERENCE] or batch_reference
    named[CODES] = codes
    value_on = _date(entry, "ValDt", position) or _date(
        child_of(single, "RltdDts"), "IntrBkSttlmDt", position
    )
    booked_on = (
        _date(entry, "BookgDt", position)
        or value_on
        or head.closing_on
        or max(filter(None, (_related_date(detail, position) for detail in details)), default=head.created_on)
    )
    if booked_on is None:
        raise UnreadableFile("an entry has neither BookgDt nor ValDt", position)
    bank_reference = text_of(entry, "AcctSvcrRef")
    charges = _charges(entry, currency, position)
    if charges is None and any("Chrgs" in detail for detail in details):
        found = [part for detail in details if (part := _charges(detail, currency, position)) is not None]
        charges = sum(found, Decimal(0)) if found else None
    yield to_line(
        (
            statement_number,
            entry_number,
            line_number,
            head.account_number,
            currency,
            amount,
            _status(entry, position),
            is_reversal,
            single_said.reference if single else batch,
            reference_or_none(bank_reference) if bank_reference else single_said.bank_reference,
            single_said.counterparty,
            single_said.counterparty_account,
            single_said.memo or text,
            transaction_code,
            charges,
            *_original_of_entry(entry, details, currency, amount, position),
            booked_on,
            value_on,
            *named,
            reference_or_none(text_of(entry, "NtryRef")),
        )
    )
    for detail_number, (detail, detail_said) in enumerate(zip(details, said, strict=True), start=1):
        yield _detail(
            detail,
            detail_said,
            entry,
            len(details),
            (statement_number, entry_number, detail_number),
            head,
            position,
            amount,
            is_reversal,
            batches[detail_number - 1] if batches else None,
        )


def _related_date(detail: Node, position: str) -> datetime.date | None:
    dates = child_of(detail, "RltdDts")
    text = text_of(dates, "IntrBkSttlmDt") or text_of(dates, "AccptncDtTm") or text_of(dates, "TxDtTm")
    return parse_iso_date(text, position) if text else None


def _detail(
    detail: Node,
    said: _Said,
    entry: Node,
    count: int,
    numbers: tuple[int, int, int],
    head: _Head,
    position_of_entry: str,
    entry_amount: Decimal,
    is_reversal: bool,
    batch: str | None,
) -> BankStatementLineDetail:
    """The detail as a row. A TxDtls among several that states no amount has none.

    said: what it says in the direction of its entry. batch: what its batch is called where there are several.
    """
    line_number = _line_of(detail, entry[LINE][0])
    position = at_path(line_number, entry[LINE][0], f"{position_of_entry}/TxDtls {numbers[2]}")
    entry_indicator = text_of(entry, "CdtDbtInd")
    indicator = text_of(detail, "CdtDbtInd") or entry_indicator
    if indicator != entry_indicator:
        said = _said(detail, indicator, is_reversal, head)
    holder = _amount_holder(detail, entry if count == 1 else {}, head.currency)
    amount: Decimal | None
    if holder:
        currency = parse_currency(text_of(holder, "Amt@Ccy") or text_of(entry, "Amt@Ccy") or "", position)
        amount = _direction(indicator, position) * _unsigned(text_of(holder, "Amt") or "", position)
    else:
        currency, amount = head.currency, (entry_amount if count == 1 else None)
    signed_amount = entry_amount if amount is None else amount
    reference, bank_reference, counterparty, account, memo, named, transaction_code = said
    if batch and named.customer_reference is None:
        named = named._replace(customer_reference=named_reference(batch))
    if bank_reference is None:
        refs = child_of(detail, "Refs")
        found = next(filter(None, (text_of(refs, name) for name in _BANK_REFS)), None)
        bank_reference = named_reference(found)
    return _to_detail(
        (
            *numbers,
            line_number,
            currency,
            amount,
            reference,
            bank_reference,
            counterparty,
            account,
            memo,
            _charges(detail, currency, position),
            *_original((detail, entry if count == 1 else {}), head.currency, signed_amount, position),
            *named,
            transaction_code,
        )
    )


def _amount_holder(detail: Node, entry: Node, account_currency: str) -> Node:
    """Where the detail's amount stands, best in the account's currency; an empty node when nowhere."""
    if text_of(detail, "Amt") and text_of(detail, "Amt@Ccy") in (None, account_currency):
        return detail
    first: Node = {}
    for node, *path in (
        (detail,),
        (detail, "AmtDtls", "TxAmt"),
        (detail, "AmtDtls", "CntrValAmt"),
        (detail, "AmtDtls", "InstdAmt"),
        (entry, "AmtDtls", "TxAmt"),
    ):
        holder = child_of(node, *path)
        if text_of(holder, "Amt"):
            if text_of(holder, "Amt@Ccy") in (None, account_currency):
                return holder
            first = first or holder
    return first


def _status(entry: Node, position: str) -> str:
    status = text_of(entry, "Sts") or text_of(entry, "Sts", "Cd") or text_of(entry, "Sts", "Prtry")
    if status is None:
        raise UnreadableFile("the entry states no status (Sts)", position)
    if status not in BOOKING_STATUSES:
        raise UnreadableFile(
            f"the entry status is {status!r}, none of {', '.join(BOOKING_STATUSES)}", position
        )
    return BOOKING_STATUSES[status]


def _batch_reference(group: Node) -> str | None:
    """What the batch of an NtryDtls is called by who sent it: its payment, or else its message."""
    batch = child_of(group, "Btch")
    return reference_or_none(text_of(batch, "PmtInfId")) or reference_or_none(text_of(batch, "MsgId"))


def _said(detail: Node, indicator: str | None, is_reversal: bool, head: _Head) -> _Said:
    parties, refs, returned = (child_of(detail, name) for name in ("RltdPties", "Refs", "RtrInf"))
    remittance = child_of(detail, "RmtInf")
    structured = children_of(remittance, "Strd")
    creditor_references = [found for part in structured if (found := text_of(part, "CdtrRefInf", "Ref"))]
    documents: list[str | None] = []
    for part in structured:
        documents += _document_numbers(part)
        documents += _other_numbers(part)
    if "RltdRmtInf" in detail:
        documents += [text_of(part, "RmtId") for part in children_of(detail, "RltdRmtInf")]
    debtor, creditor = _party(parties, "Dbtr"), _party(parties, "Cdtr")
    # What comes back carries the parties of the payment that it undoes, so there the sides change places.
    is_returned = is_reversal or bool(returned)
    is_credit = (indicator == "CRDT") != is_returned
    other = _other_party((debtor, creditor) if is_credit else (creditor, debtor), is_returned, head)
    transaction_code, *codes = _codes(detail)
    memo = _memo(detail, remittance, structured)
    said = {name: named_reference(text_of(refs, name)) for name in _NAMED_REFS.intersection(refs)}.get
    symbols = _symbols([*creditor_references, said("EndToEndId")])
    found = _with_text(
        _Said(
            reference_or_none(text_of(refs, "EndToEndId"))
            or reference_or_none(creditor_references[0] if creditor_references else None)
            or reference_or_none(text_of(refs, "InstrId")),
            reference_or_none(text_of(refs, "AcctSvcrRef")),
            other.name,
            other.account,
            memo,
            to_named(
                (
                    listed_references(symbols or creditor_references),
                    said("EndToEndId"),
                    said("InstrId"),
                    said("PmtInfId") or said("AcctOwnrTxId"),
                    said("UETR") or named_reference(_proprietary_reference(refs, "UETR")),
                    said("MndtId"),
                    said("ChqNb"),
                    listed_references(documents),
                    debtor.name,
                    creditor.name,
                    other.ultimate_name if other.ultimate_name != other.name else None,
                    *codes,
                    text_of(returned, "Rsn", "Cd") or text_of(returned, "Rsn", "Prtry"),
                )
            ),
            transaction_code,
        ),
        memo,
        is_credit,
        head,
    )
    # Texts that are not the memo, since there is a better one.
    others = [text for part in structured if "Ustrd" in remittance for text in part.get("AddtlRmtInf", ())]
    others += [text for text in detail.get("AddtlTxInf", ()) if text != memo]
    text = " ".join(text for text in others if isinstance(text, str)) if others else None
    return _with_text(found, text, is_credit, head) if text else found


def _symbols(references: list[str | None]) -> list[str]:
    """What the references come to where they are the symbols of Czechia and Slovakia, each in one of its own
    or all in one."""
    if not any(text and "VS" in text for text in references):
        return []
    return symbols_in_text(" ".join(text for text in references if text))


def _with_text(said: _Said, text: str | None, is_credit: bool, head: _Head) -> _Said:
    """With what the text names where the fields do not."""
    name, named = read_payment_text(text, is_credit)
    if named is UNNAMED:
        return said
    if said.counterparty is None and name is not None and not _is_owner(_Party(name), head):
        said = said._replace(counterparty=name)
    return said._replace(named=said.named.filled(named))


def _document_numbers(structured: Node) -> list[str]:
    documents = children_of(structured, "RfrdDocInf")
    return [number for document in documents if (number := text_of(document, "Nb"))]


def _other_numbers(structured: Node) -> list[str | None]:
    """Of lines of documents, taxes and garnishments."""
    documents = children_of(structured, "RfrdDocInf")
    lines = [line for document in documents for line in children_of(document, "LineDtls")]
    numbers = [text_of(part, "Nb") for line in lines for part in children_of(line, "Id")]
    return [*numbers, text_of(structured, "TaxRmt", "RefNb"), text_of(structured, "GrnshmtRmt", "RefNb")]


def _proprietary_reference(refs: Node, kind: str) -> str | None:
    return next(
        (text_of(ref, "Ref") for ref in children_of(refs, "Prtry") if text_of(ref, "Tp") == kind), None
    )


def _memo(detail: Node, remittance: Node, structured: list[Node]) -> str | None:
    """Free remittance text, or else what the structured one names: documents and additional text."""
    texts = [text for text in remittance.get("Ustrd", ()) if isinstance(text, str)]
    for part in () if texts else structured:
        texts += _document_numbers(part)
        texts += [text for text in part.get("AddtlRmtInf", ()) if isinstance(text, str)]
    return text_or_none(" ".join(texts)) or text_or_none(text_of(detail, "AddtlTxInf"))


def _party(parties: Node, side: str) -> _Party:
    party, ultimate, account = _SIDES[side]
    if party not in parties and ultimate not in parties and account not in parties:
        return _NO_PARTY
    ultimate_name = _party_name(child_of(parties, ultimate))
    number = text_of(parties, account, "Id", "IBAN") or text_of(parties, account, "Id", "Othr", "Id")
    return _Party(
        _party_name(child_of(parties, party)) or ultimate_name,
        without_spaces(number) if number else None,
        ultimate_name,
    )


def _other_party(sides: tuple[_Party, _Party], is_returned: bool, head: _Head) -> _Party:
    """The side that is not the account's owner; sides: the one that should be it first.

    Of a credit that is the debtor, of a debit the creditor. Where that one is the owner, by account or
    by name, the bank has named the sides the other way round. Banks that name only one side of a
    payment that came back may mean either. Both are the owner in a transfer between own accounts: the
    other account is then said, and no name.
    """
    expected, opposite = sides
    if not _is_owner(expected, head):
        is_named = expected.name or expected.account
        return opposite if is_returned and not is_named and not _is_owner(opposite, head) else expected
    if expected.account in (None, head.account_number) and not _is_owner(opposite, head):
        return opposite
    accounts = (side.account for side in sides if side.account != head.account_number)
    return _Party(account=next(filter(None, accounts), None))


def _is_owner(party: _Party, head: _Head) -> bool:
    if party.account == head.account_number:
        return True
    owner, name = head.owner_name, party.name
    return owner is not None and name is not None and plain_text(owner) == plain_text(name)


def _party_name(party: Node) -> str | None:
    if not party:
        return None
    return text_or_none(
        text_of(party, "Nm") or text_of(party, "Pty", "Nm") or text_of(party, "Agt", "FinInstnId", "Nm")
    )


def _charges(node: Node, currency: str, position: str) -> Decimal | None:
    """Charges contained in the amount, negative where they cost the account; None when it states none.

    Versions 02 and 03 repeat Chrgs, later ones repeat Rcrd inside it. Charges that are not included
    (ChrgInclInd false) or stand in another currency than the amount are left out.
    """
    if "Chrgs" not in node:
        return None
    total: Decimal | None = None
    for charges in children_of(node, "Chrgs"):
        records = children_of(charges, "Rcrd") or [charges]
        for record in records:
            name = "Amt" if text_of(record, "Amt") else "TtlChrgsAndTaxAmt"
            text = text_of(record, name)
            if text is None or text_of(record, "ChrgInclInd") in ("false", "0"):
                continue
            if (text_of(record, f"{name}@Ccy") or currency) != currency:
                continue
            sign = _direction(text_of(record, "CdtDbtInd") or "DBIT", position)
            total = (total or Decimal(0)) + sign * _unsigned(text, position)
    return total


def _original(
    nodes: tuple[Node, ...], account_currency: str, booked: Decimal, position: str
) -> tuple[str | None, Decimal | None]:
    """The first amount in another currency than the account's: as instructed before as transacted.

    Where a rate alone is said, the amount that its own one, or the booked one, was at it.
    """
    for node in nodes:
        if "AmtDtls" not in node and text_of(node, "Amt@Ccy") in (None, account_currency):
            continue
        for path in (*AMOUNT_DETAILS, ()):
            holder = child_of(node, *path)
            text, currency = text_of(holder, "Amt"), text_of(holder, "Amt@Ccy")
            if text and currency and currency != account_currency:
                return original(
                    parse_currency(currency, position), _unsigned(text, position), account_currency, booked
                )
    for node in nodes:
        for path in AMOUNT_DETAILS if "AmtDtls" in node else ():
            exchange = child_of(node, *path, "CcyXchg")
            if exchange and text_of(exchange, "XchgRate"):
                text = text_of(node, *path, "Amt")
                converted = _unsigned(text, position) if text else abs(booked)
                return _exchanged(exchange, account_currency, converted, booked, position)
    return None, None


def _exchanged(
    exchange: Node, account_currency: str, converted: Decimal, booked: Decimal, position: str
) -> tuple[str | None, Decimal | None]:
    """The other currency and the converted amount in it, signed like the booked one. The rate is how much of
    the other currency a unit of UnitCcy is worth, and without UnitCcy one of SrcCcy."""
    source, target = text_of(exchange, "SrcCcy"), text_of(exchange, "TrgtCcy")
    unit = text_of(exchange, "UnitCcy") or source
    foreign = next((code for code in (source, target, unit) if code not in (None, account_currency)), None)
    if foreign is None or unit not in (foreign, account_currency):
        return None, None
    text = text_of(exchange, "XchgRate") or ""
    rate = Decimal(text) if _RATE.fullmatch(text) else Decimal(0)
    if not rate:
        raise UnreadableFile(f"the exchange rate is {text!r}, not a number above zero", position)
    amount = _EXACT.divide(converted, rate) if unit == foreign else _EXACT.multiply(converted, rate)
    if amount.adjusted() >= MAX_INTEGER_DIGITS:
        raise UnreadableFile(f"an amount converts to more than {MAX_INTEGER_DIGITS} digits", position)
    places = Decimal(1).scaleb(-currency_decimals(parse_currency(foreign, position)))
    return original(foreign, amount.quantize(places, ROUND_HALF_UP, _EXACT), account_currency, booked)


def _original_of_entry(
    entry: Node, details: list[Node], account_currency: str, booked: Decimal, position: str
) -> tuple[str | None, Decimal | None]:
    """What the entry or its only detail states, else the sum of what all details state in one currency."""
    found = _original(
        (entry, *details[:1]) if len(details) < 2 else (entry,), account_currency, booked, position
    )
    if found[0] is not None or len(details) < 2:
        return found
    stated = [_original((detail,), account_currency, booked, position) for detail in details]
    indicators = {text_of(detail, "CdtDbtInd") for detail in details} - {None}
    if len({currency for currency, _ in stated}) != 1 or len(indicators) > 1:
        return None, None
    amounts = [amount for _, amount in stated if amount is not None]
    return (stated[0][0], sum(amounts, Decimal(0))) if amounts else (None, None)


def _codes(node: Node) -> tuple[str | None, str | None, str | None, str | None]:
    """BkTxCd as the transaction code and its scheme, and the proprietary code and its scheme.

    The transaction code is domain, family and sub-family, or else the proprietary code as delivered.
    """
    codes = child_of(node, "BkTxCd")
    if not codes:
        return None, None, None, None
    domain = child_of(codes, "Domn")
    parts = (text_of(domain, "Cd"), text_of(domain, "Fmly", "Cd"), text_of(domain, "Fmly", "SubFmlyCd"))
    code = "-".join(part for part in parts if part)
    delivered = text_of(codes, "Prtry", "Cd")
    if delivered is None:
        return code or None, "iso20022" if code else None, None, None
    issuer = text_of(codes, "Prtry", "Issr") or "proprietary"
    own: tuple[str, str] = delivered, issuer
    gvc = _GVC.fullmatch(delivered)
    if gvc and (issuer in GVC_ISSUERS or "+" in delivered):
        own = gvc[1], "gvc"
    elif issuer.upper().startswith("BAI"):
        own = delivered, "bai2"
    elif issuer.upper().startswith("SWIFT") and _SWIFT_TYPE.fullmatch(delivered):
        own = delivered, "swift"
    return code or delivered, "iso20022" if code else "proprietary", *own
