"""Reader of OFX: version 1 (SGML, leaves unclosed), version 2 (XML) and QFX, bank and card statements.

Tags are cut from the bytes as they come, so one-line files and files with unclosed leaves read alike.
"""

from __future__ import annotations

import codecs
import datetime
import functools
import html
import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import BinaryIO, NamedTuple

from orchestration.collect.readers.common import (
    MAX_INTEGER_DIGITS,
    MAX_VALUE_LENGTH,
    Named,
    bank_id_of,
    currency_decimals,
    listed_balances,
    named_reference,
    original,
    parse_amount,
    parse_currency,
    parse_date,
    reference_or_none,
    rejoin,
    take_head,
    text_or_none,
    to_line,
    to_named,
    without_spaces,
)
from orchestration.collect.readers.encodings import UTF8, Encoding, text_codec
from orchestration.collect.readers.payment_text import cheque_in_text, read_payment_text
from orchestration.lake.datasets import BankStatement, BankStatementLine
from orchestration.lake.errors import UnreadableFile

CHUNK_BYTES = 1 << 16
MAX_TOKEN_BYTES = 1 << 20
MAX_DEPTH = 64
STATEMENTS = {"STMTRS", "CCSTMTRS"}
TRANSACTIONS = {"STMTTRN": "booked", "STMTTRNP": "pending"}
UNREAD_STATEMENTS = {"INVSTMTRS", "LOANSTMTRS", "TAX1099RS"}
# Aggregates whose leaves are read or must be kept apart from those; any other is passed over.
AGGREGATES = {
    "OFX",
    *STATEMENTS,
    *TRANSACTIONS,
    *UNREAD_STATEMENTS,
    "BANKACCTFROM",
    "CCACCTFROM",
    "BANKACCTTO",
    "CCACCTTO",
    "BANKTRANLIST",
    "BANKTRANLISTP",
    "PAYEE",
    "CURRENCY",
    "ORIGCURRENCY",
    "LEDGERBAL",
    "AVAILBAL",
    "BALLIST",
    "BAL",
    "STATUS",
    "IMAGEDATA",
}

# What a transaction holds besides leaves.
INNER = {"BANKACCTTO", "CCACCTTO", "PAYEE", "CURRENCY", "ORIGCURRENCY", "IMAGEDATA"}
# What must be closed: anything else that is left open ends with the aggregate around it.
CLOSED = {"OFX", *STATEMENTS, *TRANSACTIONS, *UNREAD_STATEMENTS}
# Leaves of a transaction that would be taken for those of an aggregate left open before them.
LEAVES = {
    "TRNTYPE",
    "DTPOSTED",
    "DTTRAN",
    "DTAVAIL",
    "TRNAMT",
    "FITID",
    "CHECKNUM",
    "REFNUM",
    "MEMO",
    "EXTDNAME",
}

_TOKEN = re.compile(
    rb"<(?!!--)(?P<kind>[/!?]?)(?P<name>[A-Za-z0-9_.\-]++)(?P<attributes>[^<>]*+)>"
    rb"(?P<value>[^<]*(?:<(?![/!?A-Za-z])[^<]*)*)|<!\[CDATA\[(?P<cdata>.*?)\]\]>(?P<tail>[^<]*)|<!--.*?-->[^<]*",
    re.DOTALL,
)
# A whole transaction, as nearly all are written: it is taken apart at once.
_LEAF = re.compile(r"<(/?)([A-Z0-9_.\-]+)>([^<]*)")
_NESTED = re.compile(rf"</?(?:{'|'.join(sorted(AGGREGATES))})>")
_TRANSACTION_END = {b"STMTTRN": b"</STMTTRN>", b"STMTTRNP": b"</STMTTRNP>"}
_BLANKS = " \t\r\n\v\f"
_TAG_START = re.compile(rb"<(?=[/!?A-Za-z])")
# Banks also write marks between the parts, and a zone without brackets.
_DATE = re.compile(
    r"([0-9]{4})([-/]?)([0-9]{2})\2([0-9]{2})"
    r"(?:[T ]?[0-9]{2}:?(?:[0-9]{2})?:?(?:[0-9]{2})?(?:[.,:][0-9]{0,6})?)?"
    r"\s*(?:\[[^\]]*\]?|Z|[A-Z]{3,4}|[+-][0-9]{2}:?[0-9]{2})?"
)
# A number in groups, the mark between them, and what follows behind another mark.
_GROUPED = re.compile(r"([+-]?[0-9]{1,3}([,. '\u00a0\u202f])[0-9]{3}(?:\2[0-9]{3})*)((?!\2)[.,][0-9]*)?")
_RATE = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{0,12})?")
_CHARSET = re.compile(rb"CHARSET:\s*([A-Za-z0-9_\-]+)")
_UTF8 = re.compile(rb"ENCODING:\s*(?:UTF-?8|UNICODE)|encoding=[\"']UTF-?8", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"<\?xml[^>]*encoding=[\"']([A-Za-z0-9_\-]+)")
# Amounts have up to 28 digits and rates 24: products and quotients are rounded once, at the end.
_WIDE = Context(prec=60)


class _Token(NamedTuple):
    """A tag: "open" or "close", its name, the text up to the next tag and where it stands.

    Or a whole "transaction": its leaves, the line that it starts in, and where it is closed.
    """

    kind: str
    name: str
    value: str
    line_number: int
    offset: int
    leaves: dict[str, str] | None = None
    first_line: int = 0

    @property
    def position(self) -> str:
        """The line; in the first line, which may be the only one, the byte."""
        return _position(self.line_number, self.offset)


class _Statement:
    """One STMTRS or CCSTMTRS under way."""

    def __init__(self, statement_number: int, line_number: int) -> None:
        self.statement_number = statement_number
        self.line_number = line_number
        self.entry_count = 0
        self.account_number = ""
        self.bank_id: str | None = None
        self.currency = ""
        self.closing_balance: Decimal | None = None
        self.closing_on: datetime.date | None = None
        self.period_start_on: datetime.date | None = None
        self.period_end_on: datetime.date | None = None
        self.balance_name = ""
        self.other_balances: list[tuple[str, str | None, object]] = []
        # Whether an amount has a minus, but for one of type CREDIT; and where one of type DEBIT has none.
        self.has_minus = False
        self.plain_debit_at: str | None = None

    def prove_signs(self) -> None:
        """Some banks write amounts without signs, or turned round, and leave the direction to the type."""
        if self.plain_debit_at is not None and not self.has_minus:
            raise UnreadableFile(
                "a transaction of the type DEBIT has no minus and neither has any other, so that money out"
                " and money in cannot be told; next step: ask the bank for amounts with signs, or for"
                " another format",
                self.plain_debit_at,
            )

    def row(self) -> BankStatement:
        """The statement as it stands at its end."""
        return BankStatement(
            self.statement_number,
            self.line_number,
            "statement",
            self.account_number,
            self.currency,
            None,
            None,
            None,
            None,
            self.closing_balance,
            self.period_start_on,
            None,
            self.closing_on or self.period_end_on,
            bank_id=bank_id_of(self.account_number, self.bank_id),
            other_balances=listed_balances(self.other_balances),
        )


def read_ofx(
    stream: BinaryIO, encoding: Encoding | None = None
) -> Iterator[BankStatement | BankStatementLine]:
    """Lines of each statement, then the statement. Memory does not grow with the transactions.

    encoding: of its texts; None is the one that its header says, or Windows-1252.

    Amounts are in CURDEF and carry TRNAMT's sign; dates are the day as written, whatever the time zone.
    STMTTRNP (pending) is "pending". Raises UnreadableFile for a file without </OFX>, an aggregate left
    open, an investment or loan statement, a DTD and a value that cannot be read.
    """
    return _Reader().rows(_tokens(stream, encoding))


def _tokens(stream: BinaryIO, encoding: Encoding | None) -> Iterator[_Token]:
    head = take_head(stream, CHUNK_BYTES)
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        chunks, encoding = _utf8_chunks(rejoin(head, stream)), UTF8
    else:
        encoding = encoding or declared_encoding(head) or Encoding(("utf-8", "cp1252"))
        chunks = _chunks(rejoin(head, stream))
    buffer, offset, line_number, last_tag = b"", 0, 1, 0
    for chunk, is_last in chunks:
        last_tag = _last_tag(buffer, chunk, last_tag)
        buffer += chunk
        end = 0
        limit = len(buffer) if is_last else last_tag
        while (start := _TAG_START.search(buffer, end, limit)) and (
            match := _TOKEN.match(buffer, start.start(), limit)
        ):
            if match.start() > end:
                skipped = buffer[end : match.start()]
                if offset + end and skipped.strip():
                    if not is_last and skipped.lstrip().startswith(b"<!"):
                        break  # CDATA or a comment whose end is still to come
                    raise UnreadableFile(
                        "what stands here is not a tag", _position(line_number, offset + end)
                    )
                line_number += skipped.count(b"\n")
            if (close := _TRANSACTION_END.get(match["name"])) and not match["kind"]:
                whole = _transaction(match, buffer, close, limit, encoding)
                if whole is not None:
                    leaves, at, end = whole
                    last = line_number + buffer.count(b"\n", match.start(), at)
                    name = match["name"].decode()
                    yield _Token("transaction", name, "", last, offset + at, leaves, line_number)
                    line_number += buffer.count(b"\n", match.start(), end)
                    continue
            token = _token(match, encoding, line_number, offset + match.start())
            line_number += buffer.count(b"\n", *match.span())
            end = match.end()
            if token is not None:
                yield token
                if token.kind == "open" and match["attributes"].endswith(b"/"):
                    yield token._replace(kind="close")
        offset, buffer, last_tag = offset + end, buffer[end:], max(last_tag - end, 0)
        if len(buffer) > MAX_TOKEN_BYTES:
            raise UnreadableFile(f"no tag within {MAX_TOKEN_BYTES} bytes", _position(line_number, offset))
    if buffer.strip():
        raise UnreadableFile("the file ends inside a tag", _position(line_number, offset))


def _transaction(
    match: re.Match[bytes], buffer: bytes, close: bytes, limit: int, encoding: Encoding
) -> tuple[dict[str, str], int, int] | None:
    """The leaves of the transaction that opens at the match, where its closing tag stands and where the next
    tag starts. None where it is not whole in the buffer, not written tag by tag, or no text."""
    at = buffer.find(close, match.end("attributes"), limit)
    end = buffer.find(b"<", at + len(close), limit) if at >= 0 else -1
    if end < 0 or match["attributes"]:
        return None
    content = buffer[match.end("attributes") + 1 : at]
    try:
        text, is_decoded = content.decode(encoding.codecs[0]), True
    except UnicodeDecodeError:
        # Byte by byte first: each value is in an encoding of its own.
        text, is_decoded = content.decode("latin-1"), False
    found = _LEAF.findall(text)
    if len(found) != text.count("<") or text.partition("<")[0].strip(_BLANKS):
        return None
    if _NESTED.search(text):
        leaves = _nested(found)
    else:
        # Backwards, so that the first value of a leaf is the last that is put.
        leaves = {
            name: value for slash, name, raw in reversed(found) if not slash and (value := raw.strip(_BLANKS))
        }
    if leaves is None:
        return None
    if not is_decoded:
        try:
            leaves = {name: encoding.decode(value.encode("latin-1")) for name, value in leaves.items()}
        except UnicodeDecodeError:
            return None
    if "&" in text:
        leaves = {name: html.unescape(value) for name, value in leaves.items()}
    return leaves, at, end


def _nested(found: list[tuple[str, str, str]]) -> dict[str, str] | None:
    """The leaves, those of an aggregate inside under both names. None where one is not closed in turn."""
    leaves: dict[str, str] = {}
    parents: list[str] = []
    last = ""
    for slash, name, raw in found:
        value = raw.strip(_BLANKS)
        if slash:
            if parents and parents[-1] == name:
                parents.pop()
            elif name in AGGREGATES and name != last:
                return None
            last = ""
        elif name in AGGREGATES and not value:
            if name not in INNER:
                return None
            parents.append(name)
            last = ""
        else:
            last = name
            if value:
                leaves.setdefault(f"{parents[-1]}/{name}" if parents else name, value)
    return None if parents else leaves


def _last_tag(buffer: bytes, chunk: bytes, before: int) -> int:
    """Where the last tag of buffer and chunk starts, before being that of the buffer; a "<" within text is
    none. 0 when there is no tag."""
    tail = buffer[-1:] + chunk
    at = tail.rfind(b"<")
    while at >= 0 and not (tail[at + 1 : at + 2].isalpha() or tail[at + 1 : at + 2] in (b"/", b"!", b"?")):
        at = tail.rfind(b"<", 0, at)
    return before if at < 0 else len(buffer) - len(buffer[-1:]) + at


def _chunks(stream: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    chunk = take_head(stream, CHUNK_BYTES)
    while chunk:
        following = take_head(stream, CHUNK_BYTES)
        yield chunk, not following
        chunk = following


def _utf8_chunks(stream: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    decoder = codecs.getincrementaldecoder("utf-16")()
    offset = 0
    for chunk, is_last in _chunks(stream):
        try:
            yield decoder.decode(chunk, is_last).encode(), is_last
        except UnicodeError as error:
            raise UnreadableFile("the bytes are not valid UTF-16", f"byte {offset}") from error
        offset += len(chunk)


def declared_encoding(head: bytes) -> Encoding | None:
    """The encoding that a header declares, or None. UTF-8 is also read where another one is declared, which
    banks leave as it was."""
    preamble = head[: max(head.find(b"<OFX>"), 0) or 1024]
    if _UTF8.search(preamble):
        return UTF8
    match = _XML_CHARSET.search(preamble) or _CHARSET.search(preamble)
    for form in ("cp{}", "{}", "iso-{}") if match else ():
        if codec := text_codec(form.format(match[1].decode())):
            return Encoding(("utf-8", codec))
    return None


def _position(line_number: int, offset: int) -> str:
    """The line; in the first line, which may be the only one, the byte."""
    return f"line {line_number}" if line_number > 1 else f"byte {offset}"


def _token(match: re.Match[bytes], encoding: Encoding, line_number: int, offset: int) -> _Token | None:
    """The token, or None for what says nothing: a comment, a processing instruction, a leaf's closing tag."""
    kind, name, _, value, cdata, _ = match.groups()
    if name is None:
        if cdata is None:
            return None
        return _Token("text", "", _decoded(cdata, encoding, line_number, offset), line_number, offset)
    name = name.decode().upper()
    if kind == b"/":
        return _Token("close", name, "", line_number, offset)
    if kind == b"?":
        return None
    if kind == b"!":
        raise UnreadableFile(
            "the file declares a DTD, which no OFX file does", _position(line_number, offset)
        )
    value = value.strip()
    text = _decoded(value, encoding, line_number, offset) if value else ""
    return _Token("open", name, html.unescape(text) if "&" in text else text, line_number, offset)


def _decoded(value: bytes, encoding: Encoding, line_number: int, offset: int) -> str:
    try:
        return encoding.decode(value)
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"the byte {value[error.start]:02X} is no text in {' or '.join(encoding.codecs)}",
            _position(line_number, offset),
        ) from None


class _Reader:
    """The open aggregates and the leaves of the one being read."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.statement_number = 0
        self.statement: _Statement | None = None
        self.leaves: dict[str, str] = {}
        self.is_in_transaction = False
        self.transaction_line = 0
        self.last_leaf: tuple[str, str] | None = None
        self.is_closed = False
        self.bank_error: str | None = None

    def rows(self, tokens: Iterator[_Token]) -> Iterator[BankStatement | BankStatementLine]:
        """Every tag in turn."""
        token = _Token("open", "", "", 1, 0)
        for token in tokens:
            if token.leaves is not None and self.statement and not self.is_in_transaction:
                self.leaves, self.transaction_line, self.last_leaf = token.leaves, token.first_line, None
                yield self._line(self.statement, TRANSACTIONS[token.name], token)
            elif token.leaves is not None:
                self._open(token._replace(line_number=token.first_line))
                self.leaves = token.leaves
                yield from self._close(token)
            elif token.kind == "close":
                yield from self._close(token)
            elif token.kind == "text":
                self._append(token)
            elif token.name in AGGREGATES and not token.value:
                self._open(token)
            else:
                self._leaf(token)
        if not self.is_closed or self.path:
            raise UnreadableFile(
                f"the file ends without </{self.path[-1] if self.path else 'OFX'}>", token.position
            )
        if self.statement_number == 0:
            raise UnreadableFile(self.bank_error or "the file holds no STMTRS or CCSTMTRS")

    def _open(self, token: _Token) -> None:
        name = token.name
        if len(self.path) == MAX_DEPTH:
            raise UnreadableFile(f"more than {MAX_DEPTH} aggregates are open", token.position)
        if name != "OFX" and not self.path:
            raise UnreadableFile(f"<{name}> stands outside <OFX>", token.position)
        if name in UNREAD_STATEMENTS:
            raise UnreadableFile(
                f"<{name}> is neither a bank nor a card statement; next step: export bank accounts alone",
                token.position,
            )
        if name in STATEMENTS:
            if self.statement is not None:
                raise UnreadableFile(f"<{name}> stands inside another statement", token.position)
            self.statement_number += 1
            self.statement = _Statement(self.statement_number, token.line_number)
        if name in TRANSACTIONS:
            if self.statement is None:
                raise UnreadableFile(f"<{name}> stands outside a statement", token.position)
            if self.is_in_transaction:
                raise UnreadableFile(
                    f"<{name}> opens before the transaction of line {self.transaction_line} is closed, which"
                    " may be cut off",
                    token.position,
                )
            self.leaves, self.transaction_line = {}, token.line_number
            self.is_in_transaction = True
        self.path.append(name)

    def _close(self, token: _Token) -> Iterator[BankStatement | BankStatementLine]:
        name = token.name
        if name not in AGGREGATES:
            self.last_leaf = None
            return
        if (not self.path or self.path[-1] != name) and self.last_leaf and self.last_leaf[1] == name:
            self.last_leaf = None
            return
        self._end_of_open_ones(name, token)
        self.path.pop()
        self.last_leaf = None
        statement = self.statement
        if name in TRANSACTIONS and statement is not None:
            self.is_in_transaction = False
            yield self._line(statement, TRANSACTIONS[name], token)
        elif name in STATEMENTS and statement is not None:
            _require_account(statement, token.position)
            statement.prove_signs()
            yield statement.row()
            self.statement = None
        elif name == "OFX":
            self.is_closed = True

    def _end_of_open_ones(self, name: str, token: _Token) -> None:
        """Close what was left open inside the aggregate of the name; what must be closed is refused."""
        if not self.path or (self.path[-1] != name and (self.path[-1] in CLOSED or name not in self.path)):
            opened = f"<{self.path[-1]}>" if self.path else "nothing"
            raise UnreadableFile(f"</{name}> closes {opened}", token.position)
        while self.path[-1] != name:
            opened = self.path.pop()
            if opened in CLOSED:
                raise UnreadableFile(f"</{name}> closes <{opened}>", token.position)
            for key, value in list(self.leaves.items()):
                parent, _, leaf = key.partition("/")
                if parent == opened and leaf in LEAVES:
                    self.leaves.setdefault(leaf, value)

    def _append(self, token: _Token) -> None:
        """CDATA belongs to the leaf before it."""
        if self.last_leaf is not None:
            parent, name = self.last_leaf
            self._leaf(_Token("open", name, token.value.strip(), token.line_number, token.offset))
            self.last_leaf = parent, name

    def _leaf(self, token: _Token) -> None:
        parent = self.path[-1] if self.path else ""
        name, value = token.name, token.value
        self.last_leaf = parent, name
        if parent == "STATUS" and name == "CODE" and value not in ("", "0") and self.bank_error is None:
            self.bank_error = f"the bank answered with status {value!r} instead of a statement"
        statement = self.statement
        if statement is None or not value:
            return
        if self.is_in_transaction:
            self.leaves.setdefault(name if parent in TRANSACTIONS else f"{parent}/{name}", value)
        elif name in ("TRNAMT", "FITID"):
            raise UnreadableFile(f"<{name}> stands outside a transaction", token.position)
        elif name == "CURDEF":
            statement.currency = parse_currency(value.upper(), token.position)
        elif name == "ACCTID" and parent in ("BANKACCTFROM", "CCACCTFROM"):
            statement.account_number = without_spaces(value)
        elif name == "BANKID" and parent == "BANKACCTFROM":
            statement.bank_id = value
        elif name == "BALAMT" and parent == "LEDGERBAL":
            statement.closing_balance = _amount(value, statement.currency, token.position)
        elif name == "BALAMT" and parent == "AVAILBAL":
            statement.other_balances.append((parent, statement.currency, value))
        elif name == "NAME" and parent == "BAL":
            statement.balance_name = value
        elif name == "VALUE" and parent == "BAL":
            statement.other_balances.append((statement.balance_name, None, value))
        elif name in ("DTASOF", "DTSTART", "DTEND") and not value[:8].strip("0"):
            return  # zeros for a day that the bank does not say
        elif name == "DTASOF" and parent == "LEDGERBAL":
            statement.closing_on = _date(value, token.position)
        elif name == "DTSTART" and parent == "BANKTRANLIST":
            statement.period_start_on = _date(value, token.position)
        elif name == "DTEND" and parent == "BANKTRANLIST":
            statement.period_end_on = _date(value, token.position)

    def _line(self, statement: _Statement, booking_status: str, token: _Token) -> BankStatementLine:
        leaves, position = self.leaves, token.position
        if statement.line_number == token.line_number > 1:
            position = f"{position}, transaction {statement.entry_count + 1}"
        _require_account(statement, position)
        if action := leaves.get("CORRECTACTION") or leaves.get("CORRECTFITID"):
            raise UnreadableFile(
                f"the transaction {leaves.get('FITID')} corrects another one ({action}) and is no payment:"
                " a statement of the days it is about must replace the one delivered before",
                position,
            )
        posted = leaves.get("DTPOSTED") or leaves.get("DTTRAN")
        if posted is None:
            raise UnreadableFile("a transaction has no DTPOSTED", position)
        booked, original_currency, original_amount = _amounts(leaves, statement.currency, position)
        statement.entry_count += 1
        kind = leaves.get("TRNTYPE")
        if booked < 0:
            statement.has_minus |= kind != "CREDIT"
        elif kind == "DEBIT" and booked and statement.plain_debit_at is None:
            statement.plain_debit_at = position
        account = leaves.get("BANKACCTTO/ACCTID") or leaves.get("CCACCTTO/ACCTID")
        available = leaves.get("DTAVAIL")
        counterparty, named = _named(leaves, booked > 0)
        return to_line(
            (
                statement.statement_number,
                statement.entry_count,
                self.transaction_line,
                statement.account_number,
                statement.currency,
                booked,
                booking_status,
                False,
                reference_or_none(leaves.get("CHECKNUM")) or reference_or_none(leaves.get("REFNUM")),
                reference_or_none(leaves.get("FITID")),
                counterparty,
                without_spaces(account) if account else None,
                text_or_none(leaves.get("MEMO")),
                kind,
                None,
                original_currency,
                original_amount,
                _date(posted, position),
                _date(available, position) if available else None,
                *named,
                None,
            )
        )


def _named(leaves: dict[str, str], is_credit: bool) -> tuple[str | None, Named]:
    """The other party's name and what the transaction calls by its name.

    NAME holds 32 characters: EXTDNAME has the whole, and a label in NAME may begin a text that goes on in
    MEMO.
    """
    name = leaves.get("NAME") or leaves.get("PAYEE/NAME") or leaves.get("PAYEE")
    memo = leaves.get("MEMO")
    whole = leaves.get("EXTDNAME")
    if name and whole and whole.startswith(name.rstrip()):
        name = whole
    labelled, named = read_payment_text(f"{name or ''} {memo or ''}", is_credit)
    if labelled and name and read_payment_text(name, is_credit)[0] is None:
        labelled = None
    number = named_reference(leaves.get("CHECKNUM"))
    if number is None and leaves.get("TRNTYPE") == "CHECK":
        number = cheque_in_text(name) or cheque_in_text(memo)
    scheme = "ofx" if leaves.get("TRNTYPE") else None
    own = to_named(
        (
            *(None, None, named_reference(leaves.get("SRVRTID")), named_reference(leaves.get("REFNUM"))),
            *(None, None, number, None, None, None, None, scheme, None, None, None),
        )
    )
    return labelled or text_or_none(name), own.filled(named)


def _require_account(statement: _Statement, position: str) -> None:
    if not statement.account_number:
        raise UnreadableFile("the statement names no account (ACCTID)", position)
    if not statement.currency:
        raise UnreadableFile("the statement names no currency (CURDEF)", position)


def _amounts(
    leaves: dict[str, str], account_currency: str, position: str
) -> tuple[Decimal, str | None, Decimal | None]:
    """The transaction's amount in the account's currency, and its original currency and amount.

    CURRATE is units of CURDEF for one of CURSYM. Under CURRENCY the amount is still in CURSYM; under
    ORIGCURRENCY it was converted from it, so that the original is computed, and rounded as CURSYM is.
    """
    text = leaves.get("TRNAMT")
    if text is None:
        raise UnreadableFile("a transaction has no TRNAMT", position)
    amount = _amount(text, account_currency, position)
    currency = leaves.get("CURRENCY/CURSYM")
    if currency and parse_currency(currency, position) != account_currency:
        rate = _rate(leaves.get("CURRENCY/CURRATE"), position)
        booked = _rounded(_WIDE.multiply(amount, rate), account_currency, position)
        return booked, *original(currency, amount, account_currency, booked)
    currency = leaves.get("ORIGCURRENCY/CURSYM")
    if currency and parse_currency(currency, position) != account_currency:
        rate = _rate(leaves.get("ORIGCURRENCY/CURRATE"), position)
        converted = _rounded(_WIDE.divide(amount, rate), currency, position)
        return amount, *original(currency, converted, account_currency, amount)
    return amount, None, None


def _rate(text: str | None, position: str) -> Decimal:
    if text is None or _RATE.fullmatch(text) is None or not (rate := Decimal(text.replace(",", "."))):
        raise UnreadableFile(f"CURRATE is {text!r}, not a rate above zero", position)
    return rate


def _rounded(amount: Decimal, currency: str, position: str) -> Decimal:
    if amount.adjusted() >= MAX_INTEGER_DIGITS:
        raise UnreadableFile(f"an amount converts to more than {MAX_INTEGER_DIGITS} digits", position)
    return amount.quantize(Decimal(1).scaleb(-currency_decimals(currency)), ROUND_HALF_UP, _WIDE)


def _amount(text: str, currency: str, position: str) -> Decimal:
    """Comma or point is the decimal mark. Both together, or one that stands twice, are read where the groups
    tell them apart; a comma before three digits is refused where the currency has fewer decimals, and so is a
    point, unless the third is a zero with which banks fill decimals up."""
    match = _GROUPED.fullmatch(text) if len(text) <= MAX_VALUE_LENGTH else None
    if match:
        number, mark, rest = match.groups("")
        if rest or mark not in ",." or number.count(mark) > 1:
            text = number.replace(mark, "") + rest
        elif (
            number.lstrip("+-")[0] != "0"
            and currency_decimals(currency) < 3
            and (mark == "," or number[-1] != "0" or currency_decimals(currency) == 0)
        ):
            raise UnreadableFile(
                f"the amount {text!r} is in thousands or has three decimals, of which {currency} has fewer",
                position,
            )
    return parse_amount(text.replace(",", ".", 1), position)


def _date(text: str, position: str) -> datetime.date:
    day = _day(text) if len(text) <= MAX_VALUE_LENGTH else None
    if day is None:
        raise UnreadableFile(f"{text!r} is not a date", position)
    return parse_date(day, "%Y%m%d", position)


@functools.lru_cache(maxsize=4096)
def _day(text: str) -> str | None:
    match = _DATE.fullmatch(text)
    return "".join(match.group(1, 3, 4)) if match else None
