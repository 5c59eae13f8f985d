"""Templates of HTML that escape everything, with the words and figures of `text`."""

from __future__ import annotations

import re
from pathlib import Path

import jinja2
from markupsafe import Markup

from orchestration.report import text

TEMPLATES = Path(__file__).parent / "templates"
_TABLE = re.compile(r"<table.*?</table>", re.DOTALL)
_ROW = re.compile(r"<tr.*?</tr>", re.DOTALL)
_HEADING = re.compile(r"<th scope=.*?>(.*?)</th>", re.DOTALL)
_CELL = re.compile(r"<t[hd](?= |>)")
_TAG = re.compile(r"<.*?>")


def templates(*folders: Path) -> jinja2.Environment:
    """The templates of these folders. The first that has a name counts."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folders),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=text.visible,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for name in (
        *("amount", "quantity", "count", "hours", "duration", "size"),
        *("day", "long_day", "short_day", "moment", "plural"),
    ):
        environment.filters["number" if name == "count" else name] = getattr(text, name)
    return environment


def labelled(html: str) -> str:
    """Our own markup with the heading of its column on each cell of a table: phones show cards."""
    return _TABLE.sub(lambda table: _labelled_rows(table[0]), html)


def _labelled_rows(table: str) -> str:
    head, body, rows = table.partition("</thead>")
    names = [_TAG.sub("", name) for name in _HEADING.findall(head)]

    def labelled_row(row: re.Match[str]) -> str:
        columns = iter(names)
        return _CELL.sub(
            lambda cell: f'{cell[0]} data-label="{name}"' if (name := next(columns, "")) else cell[0], row[0]
        )

    return head + body + _ROW.sub(labelled_row, rows)


def style(*files: Path) -> Markup:
    """Style sheets of our own as they are, for a page's `style`."""
    return Markup("".join(file.read_text(encoding="utf-8") for file in files))
