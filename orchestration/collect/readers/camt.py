"""Reader of ISO 20022 cash reports: CAMT.052, CAMT.053 and CAMT.054, versions 02 and later.

Elements are matched by local name, so any namespace or none is read. The grain is kept on both levels:
an Ntry is a BankStatementLine, each TxDtls with an amount a BankStatementLineDetail. Their sums may
differ by charges (an entry of 1,526 with details of 1,500 and Chrgs of 26).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from decimal import Context, Decimal
from typing import Any, BinaryIO, NamedTuple

from lxml import etree

from orchestration.collect.readers.common import (
    at_line,
    bank_id_of,
    original,
    parse_amount,
    parse_currency,
    parse_iso_date,
    reference_or_none,
    text_or_none,
    without_spaces,
)
from orchestration.collect.readers.xml_nodes import (
    LINE,
    Node,
    child_of,
    children_of,
    forget,
    local_name,
    read_events,
    text_of,
    to_node,
)
from orchestration.collect.rows import (
    BankStatement,
    BankStatementLine,
    BankStatementLineDetail,
    UnreadableFile,
)

MESSAGE_TYPES = {"Stmt": "statement", "Rpt": "intraday", "Ntfctn": "notification"}
BOOKING_STATUSES = {"BOOK": "booked", "PDNG": "pending", "INFO": "pending", "FUTR": "pending"}
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
    """What a statement says before its entries."""

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
    bank_id: str | None


class _Said(NamedTuple):
    """What a TxDtls says about its payment; None where it says nothing."""

    reference: str | None = None
    bank_reference: str | None = None
    counterparty: str | None = None
    counterparty_account: str | None = None
    memo: str | None = None


def read_camt(stream: BinaryIO) -> Iterator[BankStatement | BankStatementLine | BankStatementLineDetail]:
    """Lines and details of each statement, then the statement. Memory does not grow with the entries.

    Amounts are in the account's currency, signed by CdtDbtInd alone: RvslInd marks an entry and does
    not turn its sign. Raises UnreadableFile for XML that is broken, cut short, declares a DTD or holds
    no Stmt, Rpt or Ntfctn, and for a value that cannot be read.
    """
    try:
        yield from _rows(read_events(stream, (*MESSAGE_TYPES, "Ntry"), {"Ntry": MAX_ENTRY_BYTES}))
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise UnreadableFile(f"the XML cannot be parsed: {error.msg}", at_line(line)) from error


def _rows(events: Any) -> Iterator[BankStatement | BankStatementLine | BankStatementLineDetail]:
    statement_number = entry_number = 0
    head: _Head | None = None
    summary: Node = {}
    counts = _Counts()
    container: Any = None
    for event, element in events:
        name = local_name(element.tag)
        if name in MESSAGE_TYPES:
            if event == "start" and container is None:
                statement_number, entry_number = statement_number + 1, 0
                head, container, counts = None, element, _Counts()
            elif event == "end" and element is container:
                if head is None:
                    head, summary = _head(element), _summary(element)
                if head.page_number is None:
                    _prove(summary, counts)
                container = None
                yield BankStatement(statement_number, *head)
                forget(element)
        elif name == "Ntry" and event == "end":
            if container is None or element.getparent() is not container:
                raise UnreadableFile("an Ntry stands outside a statement", at_line(element.sourceline))
            if head is None:
                head, summary = _head(container), _summary(container)
            entry_number += 1
            entry = to_node(element)
            rows = list(_entry(entry, head, statement_number, entry_number))
            counts.add(rows[0].amount, 1 if text_of(entry, "CdtDbtInd") == "CRDT" else -1)
            yield from rows
            forget(element)
    if statement_number == 0:
        raise UnreadableFile("the file holds no Stmt, Rpt or Ntfctn element")


def _line_of(node: Node, otherwise: int) -> int:
    return node[LINE][0] if node else otherwise


def _head(element: Any) -> _Head:
    first_line = element.sourceline
    node: Node = {LINE: [first_line]}
    currency_of_entry = None
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
        raise UnreadableFile("the statement names no account", at_line(first_line))
    if currency is None:
        raise UnreadableFile("the statement names no currency", at_line(first_line))
    position = at_line(first_line)
    opening = _balance(balances, "OPBD", currency) or _balance(balances, "PRCD", currency)
    closing = _balance(balances, "CLBD", currency)
    until = _moment(node, "ToDt", position)
    return _Head(
        first_line,
        MESSAGE_TYPES[local_name(element.tag)],
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
        bank_id_of(
            without_spaces(account), text_of(node, "Acct", "Svcr", "FinInstnId", "ClrSysMmbId", "MmbId")
        ),
    )


def _first_child(node: Node, *names: str) -> Node:
    return next((child for name in names if (child := child_of(node, name))), {})


def _summary(element: Any) -> Node:
    """The statement's TxsSummry, or an empty node."""
    return next((to_node(child) for child in element if local_name(child.tag) == "TxsSummry"), {})


def _prove(summary: Node, counts: _Counts) -> None:
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
        position = at_line(_line_of(declared, 1))
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
    position = at_line(_line_of(declared, 1))
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


def _balance(balances: list[Node], code: str, currency: str) -> tuple[Decimal, datetime.date | None] | None:
    """The first balance of the kind in the account's currency; banks may add it in other currencies."""
    for balance in balances:
        if text_of(balance, "Tp", "CdOrPrtry", "Cd") == code and text_of(balance, "Amt@Ccy") in (
            None,
            currency,
        ):
            position = at_line(balance[LINE][0])
            return _signed(balance, position), _date(balance, "Dt", position)
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
    entry: Node, head: _Head, statement_number: int, entry_number: int
) -> Iterator[BankStatementLine | BankStatementLineDetail]:
    line_number = entry[LINE][0]
    position = at_line(line_number)
    amount = _signed(entry, position)
    indicator = text_of(entry, "CdtDbtInd")
    currency = text_of(entry, "Amt@Ccy") or head.currency
    if currency != head.currency:
        raise UnreadableFile(f"an entry in {currency} stands in an account in {head.currency}", position)
    is_reversal = _is_true(text_of(entry, "RvslInd"))
    details = [detail for group in children_of(entry, "NtryDtls") for detail in children_of(group, "TxDtls")]
    single = details[0] if len(details) == 1 else {}
    said = [_said(detail, indicator, is_reversal) for detail in details]
    single_said = said[0] if single else _Said()
    value_on = _date(entry, "ValDt", position) or _date(
        child_of(single, "RltdDts"), "IntrBkSttlmDt", position
    )
    booked_on = _date(entry, "BookgDt", position) or value_on or head.closing_on
    if booked_on is None:
        raise UnreadableFile("an entry has neither BookgDt nor ValDt", position)
    bank_reference = text_of(entry, "AcctSvcrRef")
    charges = _charges(entry, currency, position)
    if charges is None:
        found = [part for detail in details if (part := _charges(detail, currency, position)) is not None]
        charges = sum(found, Decimal(0)) if found else None
    yield BankStatementLine(
        statement_number,
        entry_number,
        line_number,
        head.account_number,
        currency,
        amount,
        _status(entry, position),
        is_reversal,
        (single_said.reference if single else _batch_reference(entry))
        or reference_or_none(text_of(entry, "NtryRef")),
        reference_or_none(bank_reference) if bank_reference else single_said.bank_reference,
        single_said.counterparty,
        single_said.counterparty_account,
        single_said.memo or text_or_none(text_of(entry, "AddtlNtryInf")),
        _transaction_code(entry),
        charges,
        *_original((entry, single), currency, amount, position),
        booked_on,
        value_on,
    )
    for detail_number, (detail, detail_said) in enumerate(zip(details, said, strict=True), start=1):
        row = _detail(
            detail,
            detail_said,
            entry,
            len(details),
            (statement_number, entry_number, detail_number),
            head.currency,
            amount,
            is_reversal,
        )
        if row is not None:
            yield row


def _detail(
    detail: Node,
    said: _Said,
    entry: Node,
    count: int,
    numbers: tuple[int, int, int],
    account_currency: str,
    entry_amount: Decimal,
    is_reversal: bool,
) -> BankStatementLineDetail | None:
    """The detail as a row. A TxDtls among several that states no amount holds nothing to add up: no row.

    said: what it says in the direction of its entry.
    """
    line_number = _line_of(detail, entry[LINE][0])
    position = at_line(line_number)
    entry_indicator = text_of(entry, "CdtDbtInd")
    indicator = text_of(detail, "CdtDbtInd") or entry_indicator
    if indicator != entry_indicator:
        said = _said(detail, indicator, is_reversal)
    holder = _amount_holder(detail, entry if count == 1 else {}, account_currency)
    if holder:
        currency = parse_currency(text_of(holder, "Amt@Ccy") or text_of(entry, "Amt@Ccy") or "", position)
        amount = _direction(indicator, position) * _unsigned(text_of(holder, "Amt") or "", position)
    elif count == 1:
        currency, amount = parse_currency(text_of(entry, "Amt@Ccy") or "", position), entry_amount
    else:
        return None
    return BankStatementLineDetail(
        *numbers,
        line_number,
        currency,
        amount,
        *said,
        _charges(detail, currency, position),
        *_original((detail, entry if count == 1 else {}), account_currency, amount, position),
    )


def _amount_holder(detail: Node, entry: Node, account_currency: str) -> Node:
    """Where the detail's amount stands, best in the account's currency; an empty node when nowhere."""
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


def _batch_reference(entry: Node) -> str | None:
    return reference_or_none(text_of(entry, "NtryDtls", "Btch", "PmtInfId"))


def _said(detail: Node, indicator: str | None, is_reversal: bool) -> _Said:
    return _Said(
        _transaction_reference(detail),
        reference_or_none(text_of(detail, "Refs", "AcctSvcrRef")),
        *_counterparty(detail, indicator, is_reversal),
        _memo(detail),
    )


def _transaction_reference(detail: Node) -> str | None:
    return (
        reference_or_none(text_of(detail, "Refs", "EndToEndId"))
        or reference_or_none(_creditor_reference(detail))
        or reference_or_none(text_of(detail, "Refs", "InstrId"))
    )


def _creditor_reference(detail: Node) -> str | None:
    structured = children_of(child_of(detail, "RmtInf"), "Strd")
    return next((found for part in structured if (found := text_of(part, "CdtrRefInf", "Ref"))), None)


def _memo(detail: Node) -> str | None:
    """Free remittance text, or else what the structured one names: documents and additional text."""
    remittance = child_of(detail, "RmtInf")
    texts = [text for text in remittance.get("Ustrd", ()) if isinstance(text, str)]
    for part in () if texts else children_of(remittance, "Strd"):
        texts += [
            number for document in children_of(part, "RfrdDocInf") if (number := text_of(document, "Nb"))
        ]
        texts += [text for text in part.get("AddtlRmtInf", ()) if isinstance(text, str)]
    return text_or_none(" ".join(texts)) or text_or_none(text_of(detail, "AddtlTxInf"))


def _counterparty(detail: Node, indicator: str | None, is_reversal: bool) -> tuple[str | None, str | None]:
    """Name and account of the other side: of a credit the debtor, of a debit the creditor.

    A reversal carries the parties of the payment it reverses, so there the sides change places; banks
    that name only one side there may mean either.
    """
    parties = child_of(detail, "RltdPties")
    sides = ("Dbtr", "Cdtr") if (indicator == "CRDT") != is_reversal else ("Cdtr", "Dbtr")
    for side in sides if is_reversal else sides[:1]:
        name = _party_name(child_of(parties, side)) or _party_name(child_of(parties, f"Ultmt{side}"))
        account = child_of(parties, f"{side}Acct", "Id")
        number = text_of(account, "IBAN") or text_of(account, "Othr", "Id")
        if name or number:
            return name, without_spaces(number) if number else None
    return None, None


def _party_name(party: Node) -> str | None:
    return text_or_none(
        text_of(party, "Nm") or text_of(party, "Pty", "Nm") or text_of(party, "Agt", "FinInstnId", "Nm")
    )


def _charges(node: Node, currency: str, position: str) -> Decimal | None:
    """Charges contained in the amount, negative where they cost the account; None when it states none.

    Versions 02 and 03 repeat Chrgs, later ones repeat Rcrd inside it. Charges that are not included
    (ChrgInclInd false) or stand in another currency than the amount are left out.
    """
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
    """The first amount in another currency than the account's: as instructed before as transacted."""
    for node in nodes:
        if "AmtDtls" not in node and text_of(node, "Amt@Ccy") in (None, account_currency):
            continue
        for path in (("AmtDtls", "InstdAmt"), ("AmtDtls", "TxAmt"), ("AmtDtls", "CntrValAmt"), ()):
            holder = child_of(node, *path)
            text, currency = text_of(holder, "Amt"), text_of(holder, "Amt@Ccy")
            if text and currency and currency != account_currency:
                return original(
                    parse_currency(currency, position), _unsigned(text, position), account_currency, booked
                )
    return None, None


def _transaction_code(entry: Node) -> str | None:
    domain = child_of(entry, "BkTxCd", "Domn")
    parts = (text_of(domain, "Cd"), text_of(domain, "Fmly", "Cd"), text_of(domain, "Fmly", "SubFmlyCd"))
    return "-".join(part for part in parts if part) or text_of(entry, "BkTxCd", "Prtry", "Cd")
