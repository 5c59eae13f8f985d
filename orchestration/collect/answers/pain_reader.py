"""Reader of pain.002, a bank's answer to a pain.001: what became of the message, its blocks and its
payments.

Any version whose root is CstmrPmtStsRpt is read (.001.03 and later). A refusal names the line, the element
and the reason, never what a payment holds.
"""

from __future__ import annotations

import contextlib
import datetime
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, BinaryIO

from lxml import etree

from orchestration.collect.answers.status import PaymentStatus
from orchestration.collect.readers.common import at_line, parse_amount, parse_currency, text_or_none
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
from orchestration.lake.errors import UnreadableFile

REPORT, HEADER, GROUP, BLOCK, TRANSACTION = (
    "CstmrPmtStsRpt",
    "GrpHdr",
    "OrgnlGrpInfAndSts",
    "OrgnlPmtInfAndSts",
    "TxInfAndSts",
)
# ISO 20022 external code sets: payment group, payment information and transaction status.
KINDS = {
    **dict.fromkeys(
        ("ACCC", "ACCP", "ACFC", "ACIS", "ACPD", "ACSC", "ACSP", "ACTC", "ACWC", "CPUC"),
        "accepted",
    ),
    **dict.fromkeys(("ACFW", "ACWP", "BLCK", "PATC", "PDNG", "RCVD"), "pending"),
    # What the verification of the payee's name found, before the payment goes out or not.
    **dict.fromkeys(("RCVC", "RCVM", "RVCM", "RVMC", "RVNA", "RVNC", "RVNM"), "pending"),
    **dict.fromkeys(("RJCT", "CANC"), "reject"),
    "PART": "partial",
}


def read_pain002(stream: BinaryIO) -> Iterator[PaymentStatus]:
    """The statuses in the order of the file, a block's own after its transactions'. Memory does not grow
    with them.

    A transaction without a status has its block's, or the group's. Raises UnreadableFile for XML that is
    broken, cut short, declares a DTD or holds no report, for an unknown status and for a transaction
    without any id.
    """
    try:
        yield from _dated(read_events(stream, (REPORT, HEADER, GROUP, BLOCK, TRANSACTION), {}))
    except etree.XMLSyntaxError as error:
        # The parser's message may quote the file.
        raise UnreadableFile("the XML cannot be parsed", at_line(error.lineno or 1)) from None


def _dated(events: Iterator[tuple[str, Any]]) -> Iterator[PaymentStatus]:
    """The statuses with the day on which the bank wrote the report, None where it does not say."""
    answered_on: datetime.date | None = None

    def noted() -> Iterator[tuple[str, Any]]:
        nonlocal answered_on
        for event, element in events:
            if local_name(element.tag) == HEADER:
                text = text_of(to_node(element), "CreDtTm") if event == "end" else None
                with contextlib.suppress(ValueError):
                    answered_on = datetime.date.fromisoformat(text[:10]) if text else answered_on
            else:
                yield event, element

    for status in _rows(noted()):
        yield status._replace(answered_on=answered_on)


def _rows(events: Iterator[tuple[str, Any]]) -> Iterator[PaymentStatus]:
    message_id: str | None = None
    group_status: str | None = None
    report: Any = None
    is_group_read = has_status = False
    open_block: Any = None
    head: Node = {}
    for event, element in events:
        name, line_number = local_name(element.tag), element.sourceline
        if event == "start":
            report = element if name == REPORT and report is None else report
            continue
        if name == GROUP:
            node = to_node(element)
            message_id, group_status = text_of(node, "OrgnlMsgId"), text_of(node, "GrpSts")
            if message_id is None:
                raise UnreadableFile(f"{GROUP} names no OrgnlMsgId", at_line(line_number))
            is_group_read = True
            if group_status is not None:
                has_status = True
                yield _status("group", node, group_status, message_id, None)
        elif name in (BLOCK, TRANSACTION) and not is_group_read:
            raise UnreadableFile(f"{name} stands before {GROUP}", at_line(line_number))
        elif name == TRANSACTION:
            if (block := element.getparent()) is not open_block:
                # Once a block, not once a transaction: what stands before the first one is all there is.
                open_block, head = block, _head(block)
            code = text_of(head, "PmtInfSts") or group_status
            has_status = True
            yield _transaction(to_node(element), code, message_id, text_of(head, "OrgnlPmtInfId"))
            forget(element)
        elif name == BLOCK:
            head = _head(element)
            if (code := text_of(head, "PmtInfSts")) is not None:
                has_status = True
                yield _status("payment", head, code, message_id, text_of(head, "OrgnlPmtInfId"))
            forget(element)
    if report is None or not is_group_read:
        raise UnreadableFile(f"the file holds no {REPORT} with its {GROUP}")
    if not has_status:
        reason = "the report gives no status: ask the bank what it says"
        raise UnreadableFile(reason, at_line(report.sourceline))


def _head(block: Any) -> Node:
    """What a block says beside its transactions."""
    head: Node = {LINE: [block.sourceline]}
    for child in block:
        name = local_name(child.tag)
        if name != TRANSACTION:
            head.setdefault(name, []).append(to_node(child) if len(child) else (child.text or "").strip())
    return head


def _transaction(
    node: Node, inherited: str | None, message_id: str | None, block_id: str | None
) -> PaymentStatus:
    position = at_line(node[LINE][0])
    code = text_of(node, "TxSts") or inherited
    if code is None or KINDS.get(code) == "partial":
        raise UnreadableFile(f"{TRANSACTION} has no status of its own", position)
    end_to_end_id = text_of(node, "OrgnlEndToEndId") or text_of(node, "OrgnlInstrId")
    if end_to_end_id is None:
        raise UnreadableFile(f"{TRANSACTION} names neither OrgnlEndToEndId nor OrgnlInstrId", position)
    amounts = child_of(node, "OrgnlTxRef", "Amt")
    holder, name = (amounts, "InstdAmt") if "InstdAmt" in amounts else (child_of(amounts, "EqvtAmt"), "Amt")
    currency, amount = _amount(text_of(holder, f"{name}@Ccy"), text_of(holder, name), position)
    return _status("transaction", node, code, message_id, block_id)._replace(
        end_to_end_id=end_to_end_id, currency=currency, amount=amount
    )


def _amount(currency: str | None, text: str | None, position: str) -> tuple[str | None, Decimal | None]:
    if currency is None or text is None:
        return None, None
    try:
        amount = parse_amount(text, position)
        if amount < 0:
            raise UnreadableFile("it is negative", position)
        return parse_currency(currency, position), amount
    except UnreadableFile:
        # Its reason quotes the amount, which is somebody's pay.
        raise UnreadableFile("the amount of a transaction cannot be read", position) from None


def _status(level: str, node: Node, code: str, message_id: str | None, block_id: str | None) -> PaymentStatus:
    kind = KINDS.get(code)
    if kind is None:
        shown = code if re.fullmatch("[A-Z]{4}", code) else "a status"
        raise UnreadableFile(f"{shown} is no status that is known", at_line(node[LINE][0]))
    reasons = children_of(node, "StsRsnInf")
    codes = [found for reason in reasons if (found := _reason(reason))]
    texts = [text for reason in reasons for text in reason.get("AddtlInf", ()) if isinstance(text, str)]
    return PaymentStatus(
        node[LINE][0],
        "sepa",
        level,
        kind,
        code,
        codes[0] if codes else None,
        None,
        message_id,
        block_id,
        None,
        None,
        text_or_none(" ".join(texts)),
        None,
        None,
        None,
        None,
    )


def _reason(node: Node) -> str | None:
    return text_of(node, "Rsn", "Cd") or text_of(node, "Rsn", "Prtry")
