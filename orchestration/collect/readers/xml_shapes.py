"""Elements that an XML message repeats, such as its entries: parsed once for each shape, and not for each.

Banks write entry after entry with the same tags in the same order, and other texts between them. The parser
reads the first of a shape. One that follows is cut at its marks, and its texts are put into the nodes of the
first: a fifth of the time. Whatever is not exactly so written goes to the parser.
"""

from __future__ import annotations

import operator
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, NamedTuple

from orchestration.collect.readers.xml_nodes import CHUNK_BYTES, LINE, Events, Node, local_name, to_node

MAX_SHAPES = 256
MAX_SHAPE_BYTES = 8 << 10
# No tag that is looked for is longer.
MAX_TAG_BYTES = 256

_OTHER_ENCODING = re.compile(rb"<\?xml[^>]*?\sencoding\s*=\s*[\"'](?!utf-8[\"'])", re.IGNORECASE)
# What stands in a text as it is. XML has no other control characters, and two beyond them that are none.
_PLAIN = bytes({*b"\t\n", *range(0x20, 0x100)} - {*b"<>&"})
_NO_CHARACTERS = "\ufffe\uffff"
_NOTHING = re.compile(rb"(?!)")


class _Shape(NamedTuple):
    """One element as it was parsed, and where its parts go.

    leaves: each text's place, as a list and an index. lines: each node's line, and how far below the first.
    texts_of, gaps_of: the parts that are the leaves' texts, and those between the tags.
    """

    node: Node
    leaves: list[tuple[list[Any], int]]
    lines: list[tuple[list[int], int]]
    texts_of: Callable[[list[str]], tuple[str, ...]]
    gaps_of: Callable[[list[str]], tuple[str, ...]]
    gaps: tuple[str, ...]
    line_ends: int


def read_repeated(
    stream: BinaryIO, names: Sequence[str], repeated: str, limits: Mapping[str, int]
) -> Iterator[tuple[str, Any, Node]]:
    """As read_events of the names and of the one that is repeated; the end of that one with its node.

    The element is None where it was not parsed: then it follows another one in the same parent. A node is
    good until the next one is asked for.
    """
    events, shapes = Events((*names, repeated), limits), _Shapes()
    line, passed_lines, passed_columns = 1, 0, 0
    is_between = False
    for piece in _pieces(stream, repeated):
        line_ends = piece.count(b"\n")
        node = shapes.read(piece, line, line_ends) if is_between else None
        if node is not None:
            passed_lines += line_ends
            last_line = piece[piece.rfind(b"\n") + 1 :].decode()
            passed_columns = len(last_line) + (0 if line_ends else passed_columns)
            yield "end", None, node
        if passed_columns and (node is None or passed_lines + passed_columns > CHUNK_BYTES):
            events.pass_over(passed_lines, passed_columns)
            passed_lines = passed_columns = 0
        if node is None:
            follows, is_between = is_between, False
            for event, element in events.feed(piece):
                is_between = event == "end" and local_name(element.tag) == repeated
                node = to_node(element) if is_between else {}
                if is_between and follows:
                    shapes.learn(piece, line, element, node)
                yield event, element, node
        line += line_ends
    yield from ((event, element, {}) for event, element in events.close())


def _pieces(stream: BinaryIO, name: str) -> Iterator[bytes]:
    """The stream, cut behind each end tag of the name as it is first written, and anywhere. In another
    encoding than UTF-8 it is not cut.

    Its first chunk comes whole: whoever reads an element knows what else stands in a small message.
    """
    opening = re.compile(rb"<((?:[\w.\-]+:)?%s)[\s>]" % name.encode())
    first = stream.read(CHUNK_BYTES)
    if _OTHER_ENCODING.match(first):
        opening = _NOTHING
    found, rest = opening.search(first), b""
    yield first
    while chunk := stream.read(CHUNK_BYTES):
        rest += chunk
        if found := found or opening.search(rest):
            mark = b"</%s>" % found[1]
            *whole, rest = rest.split(mark)
            for part in whole:
                yield part + mark
        if len(rest) > CHUNK_BYTES:
            yield rest[:-MAX_TAG_BYTES]
            rest = rest[-MAX_TAG_BYTES:]
    if rest:
        yield rest


class _Shapes:
    """The shapes that were parsed, by the tags in their order."""

    def __init__(self) -> None:
        self._known: dict[str, _Shape] = {}

    def read(self, piece: bytes, line: int, line_ends: int) -> Node | None:
        """The node of a piece that is one element, with blanks before it, of a known shape; else None.
        line: where the piece starts."""
        parts = _parts(piece)
        shape = self._known.get(_key(parts)) if parts else None
        if shape is None or shape.line_ends != line_ends or shape.gaps_of(parts) != shape.gaps:
            return None
        for (leaves, at), text in zip(shape.leaves, shape.texts_of(parts), strict=True):
            leaves[at] = text.strip()
        for lines, below in shape.lines:
            lines[0] = line + below
        return shape.node

    def learn(self, piece: bytes, line: int, element: Any, node: Node) -> None:
        """Keep the shape of an element that was parsed from the piece; of several layouts the first."""
        parts = _parts(piece) if len(piece) <= MAX_SHAPE_BYTES else []
        if not parts or _key(parts) in self._known or len(self._known) == MAX_SHAPES:
            return
        tags = parts[1::2]
        if parts[0].strip() or any(tag[:1] in ("!", "?") for tag in tags):
            return
        places, lines = _places(element, node)
        if len(places) != len(leaf_parts := _leaf_parts(tags)):
            return
        leaves = [(place, at) for place, at in zip(places, leaf_parts, strict=True) if at]
        gaps = sorted({*range(0, len(parts), 2)} - {at for _, at in leaves})
        if len(leaves) < 2 or any(texts[at] != parts[part].strip() for (texts, at), part in leaves):
            return
        gaps_of = operator.itemgetter(*gaps)
        self._known[_key(parts)] = _Shape(
            node,
            [place for place, _ in leaves],
            [(place, place[0] - line) for place in lines],
            operator.itemgetter(*(part for _, part in leaves)),
            gaps_of,
            gaps_of(parts),
            piece.count(b"\n"),
        )


def _parts(piece: bytes) -> list[str]:
    """Texts and tags in turns, a text first and last; none of a piece that only a parser can read."""
    if b"\r" in piece:
        piece = piece.replace(b"\r\n", b"\n")
    marks = piece.translate(None, _PLAIN)
    if marks != b"<>" * (len(marks) // 2):
        return []
    try:
        text = piece.decode()
    except UnicodeDecodeError:
        return []
    if not text.isascii() and any(character in text for character in _NO_CHARACTERS):
        return []
    return text.replace("<", ">").split(">")


def _key(parts: list[str]) -> str:
    return ">".join(parts[1::2])


def _leaf_parts(tags: list[str]) -> list[int]:
    """Of each element without children which part is its text, 0 where it is closed in its start tag."""
    found = []
    for at, tag in enumerate(tags):
        if tag[:1] != "/" and tag[-1:] == "/":
            found.append(0)
        elif tag[:1] != "/" and tags[at + 1 : at + 2] == [f"/{tag.split()[0]}"]:
            found.append(2 * at + 2)
    return found


def _places(element: Any, node: Node) -> tuple[list[tuple[list[Any], int]], list[list[int]]]:
    """Where the texts of the elements without children stand, in their order, and where the lines do."""
    leaves, lines, seen = [], [node[LINE]], Counter[str]()
    for child in element:
        name = local_name(child.tag)
        if len(child):
            more, more_lines = _places(child, node[name][seen[name]])
            leaves += more
            lines += more_lines
        else:
            leaves.append((node[name], seen[name]))
        seen[name] += 1
    return leaves, lines
