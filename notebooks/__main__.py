"""Run the notebooks and write each as a page: python notebooks [FOLDER], reports/notebooks unless given.

The page has no script and loads nothing, unlike that of `marimo export html`, whose scripts come from a CDN.
"""

from __future__ import annotations

import datetime
import importlib.util
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import marimo
import polars
from markupsafe import Markup, escape

from orchestration.report.html import TEMPLATES, style
from orchestration.settings import Settings

_NOTEBOOKS = Path(__file__).parent
_FIGURE = Markup(' class="figure"')
_PAGE = Markup(
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    "<title>{}</title><style>{}</style></head><body><main>\n{}\n</main></body></html>\n"
)


def main(folder: Path) -> None:
    """Write a page for each notebook."""
    folder.mkdir(parents=True, exist_ok=True)
    sheet = style(TEMPLATES / "page.css") + Markup("pre { white-space: pre-wrap; }")
    for notebook in sorted(_NOTEBOOKS.glob("[!_]*.py")):
        spec = importlib.util.spec_from_file_location(notebook.stem, notebook)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        outputs, _ = module.app.run()
        shown = [_shown(output, number) for number, output in enumerate(outputs) if output is not None]
        cells = Markup("\n").join(shown)
        page = folder / f"{notebook.stem}.html"
        page.write_text(_PAGE.format(module.__doc__.splitlines()[0], sheet, cells), encoding="utf-8")
        print(page)


def _shown(output: Any, number: int) -> Markup:
    """What a cell ends with: a table, what was chosen, or text. number: of the cell."""
    if isinstance(output, polars.DataFrame):
        return _table(output, number)
    if isinstance(output, marimo.ui.dropdown):
        return Markup("<p>{}: <b>{}</b></p>").format(output._args.label, output.selected_key)
    if isinstance(output, marimo.ui.date):
        return Markup("<p>{}: <b>{}</b></p>").format(output._args.label, output.value)
    return Markup(output.text)


def _table(frame: polars.DataFrame, number: int) -> Markup:
    cell = Markup("<td{}>{}</td>")
    head = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(
            _FIGURE if kind.is_numeric() else "", name.replace("_", " ")
        )
        for name, kind in frame.schema.items()
    )
    rows = [
        Markup("").join(cell.format(_class(value), _said(value)) for value in row)
        for row in frame.iter_rows()
    ]
    body = Markup("").join(Markup("<tr>{}</tr>\n").format(row) for row in rows)
    return Markup(
        '<div class="scroll" role="region" aria-label="Rows {}" tabindex="0">'
        "<table><thead><tr>{}</tr></thead><tbody>\n{}</tbody></table></div>"
    ).format(number, head, body)


def _class(value: Any) -> Markup:
    if isinstance(value, Decimal | int):
        return _FIGURE
    return Markup(' class="date"') if isinstance(value, datetime.date) else Markup("")


def _said(value: Any) -> Markup:
    """A value; an amount with two decimals, or as many as it has more."""
    if isinstance(value, Decimal):
        digits = max(2, -value.normalize().as_tuple().exponent)
        return escape(f"{value:,.{digits}f}")
    return escape("" if value is None else value)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Settings.from_environment().reports / "notebooks")
