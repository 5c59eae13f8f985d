"""XML messages read safely and piecewise: no DTD, no entity, no network, bounded memory; elements as plain
nodes.

Elements are known by their local name, so any namespace or none is read.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from lxml import etree

from orchestration.collect.readers.common import at_line
from orchestration.lake.errors import UnreadableFile

CHUNK_BYTES = 1 << 16
# What may stand between two events, unless it is inside an element that has a limit of its own.
MAX_BYTES = 2 << 20
LINE = "@line"

# A parsed element: its children by local name, in order. A leaf is its text; a leaf's Ccy attribute is
# kept beside it under "<name>@Ccy"; the element's own line is kept under "@line".
Node = dict[str, list[Any]]


def read_events(
    stream: BinaryIO, names: Sequence[str], limits: Mapping[str, int]
) -> Iterator[tuple[str, Any]]:
    """ "start" and "end" with the element, for Document and elements of the names.

    What stands between two events is held in memory, so it is bounded: limits gives the bytes by the name
    of the element that just started, MAX_BYTES are allowed elsewhere. Raises UnreadableFile for a DTD and
    beyond the limit, lxml's XMLSyntaxError for XML that is broken or cut short.
    """
    events = Events(names, limits)
    while chunk := stream.read(CHUNK_BYTES):
        yield from events.feed(chunk)
    yield from events.close()


class Events:
    """The events of a message that is fed in pieces, as read_events gives them."""

    def __init__(self, names: Sequence[str], limits: Mapping[str, int]) -> None:
        self._parser = etree.XMLPullParser(
            events=("start", "end"),
            tag=["{*}Document", *(f"{{*}}{name}" for name in names)],
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        self._limits = limits
        self._unread, self._limit, self._is_checked = 0, MAX_BYTES, False

    def feed(self, piece: bytes) -> Iterator[tuple[str, Any]]:
        """What is known now."""
        self._parser.feed(piece)
        self._unread += len(piece)
        for event, element in self._parser.read_events():
            # What a bank adds to a message may have any names.
            if next(element.iterancestors("{*}SplmtryData"), None) is not None:
                continue
            if not self._is_checked:
                _refuse_dtd(element)
                self._is_checked = True
            self._unread = 0
            limits = self._limits if event == "start" else {}
            self._limit = limits.get(local_name(element.tag), MAX_BYTES)
            yield event, element
        if self._unread > self._limit:
            raise UnreadableFile(f"no entry starts or ends within {self._limit} bytes")

    def pass_over(self, lines: int, columns: int) -> None:
        """Count the line ends of what was read without the parser, and the characters after the last."""
        blanks = b" " * (columns - (len(b"-->") if lines else len(b"<!---->")))
        self._parser.feed(b"<!--" + b"\n" * lines + blanks + b"-->")

    def close(self) -> Iterator[tuple[str, Any]]:
        """What is left; the message must be whole."""
        self._parser.close()
        yield from self._parser.read_events()


def _refuse_dtd(element: Any) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise UnreadableFile("the file declares a DTD, which no bank message does", at_line(1))


def forget(element: Any) -> None:
    """Empty an element that was read and drop its predecessor of the same name, keeping memory flat."""
    element.clear()
    previous = element.getprevious()
    if previous is not None and previous.tag == element.tag:
        element.getparent().remove(previous)


@functools.lru_cache(maxsize=1024)
def local_name(tag: str) -> str:
    """The name of a tag without its namespace."""
    return tag.rpartition("}")[2]


def to_node(element: Any) -> Node:
    """The element and all beneath it as a Node."""
    node: Node = {LINE: [element.sourceline]}
    for child in element:
        name = local_name(child.tag)
        if len(child):
            value: Any = to_node(child)
        else:
            text = child.text
            value = text.strip() if text else ""
            if (currency := child.get("Ccy")) is not None:
                node.setdefault(f"{name}@Ccy", []).append(currency)
        if name in node:
            node[name].append(value)
        else:
            node[name] = [value]
    return node


def children_of(node: Any, name: str) -> list[Node]:
    """The elements of the name that have children of their own."""
    return [child for child in node[name] if type(child) is dict] if name in node else []


def child_of(node: Any, *path: str) -> Node:
    """The first element at the path, or an empty one."""
    for name in path:
        if name not in node:
            return {}
        node = node[name][0]
        if type(node) is str:
            return {}
    return node


def text_of(node: Node, name: str, *path: str) -> str | None:
    """The text of the first leaf at the path, or None when there is none or it is empty."""
    if name not in node:
        return None
    value = node[name][0]
    for name in path:
        if type(value) is str or name not in value:
            return None
        value = value[name][0]
    return value or None if type(value) is str else None
