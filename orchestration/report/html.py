"""Templates of HTML that escape everything, with the words and figures of `text`."""

from __future__ import annotations

from pathlib import Path

import jinja2
from markupsafe import Markup

from orchestration.report import text

TEMPLATES = Path(__file__).parent / "templates"


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


def style(*files: Path) -> Markup:
    """Style sheets of our own as they are, for a page's `style`."""
    return Markup("".join(file.read_text(encoding="utf-8") for file in files))
