"""Render the page and put it where people look for it."""

from __future__ import annotations

import contextlib
import datetime
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from orchestration.errors import TieoutError
from orchestration.lake.chain import head
from orchestration.lake.read import lake_rows
from orchestration.places import readers_of
from orchestration.report.answers import Answer, ReportError, read_answers, reading
from orchestration.report.charts import HEIGHT, WIDTH, chart
from orchestration.report.html import TEMPLATES, labelled, style, templates
from orchestration.settings import Settings

_QUERIES = Path(__file__).parent / "queries"
# Names stand on paper: these read the personal copy, and only for a page that no group reads.
_PERSONAL_COPY = Path("payroll", "tieout_payroll.duckdb")
_PAPER = _QUERIES / "paper"
_UNDATED = "undated.html"
_LEFT_BEHIND_SECONDS = 3600


@dataclass(frozen=True)
class Report:
    """One page. verdict: closed, ready, red, or unknown where the file cannot tell."""

    path: Path
    verdict: str
    as_of_on: datetime.date | None
    version: str | None


def write_report(
    settings: Settings,
    *,
    database: Path | None = None,
    out: Path | None = None,
    is_published: bool = False,
) -> Report:
    """Write the page of the published copy, or of another DuckDB file with its schemas, in one step.

    out: where to; <reports>/<as-of date>.html unless given. is_published: whether the books in the other file
    are those of the published copy, whose version the page then names. Raises ReportError when there is
    nothing to read, and OSError when the page cannot be written.
    """
    source = database or settings.published_copy
    if not source.is_file():
        raise ReportError(
            f"no file {source}"
            if database
            else f"nothing is published yet ({source} is not there): run `tieout publish`, or read what was"
            f" built last with `tieout report --from {settings.warehouse}`"
        )
    # `current` may be replaced while the page is read; the version behind it stays.
    answers = _read(source.resolve())
    if database and is_published:
        copy = _read(settings.published_copy.resolve())
        answers |= {"version": copy["version"]}
    anchor = None
    if database is None or is_published:
        answers = _closed_since(answers, settings.lake)
        anchor = chain_anchor(settings)
    has_readers = out is None and readers_of(settings) is not None
    paper = None if has_readers else _paper(source.resolve())
    html = _rendered(answers, source.name, anchor, paper)
    as_of_on = answers["as_of"].first.get("as_of_on")
    path = out or settings.reports / (f"{as_of_on}.html" if as_of_on else _UNDATED)
    _replace(path, html, has_readers)
    if as_of_on and not out:
        # It said why nothing could be told, when a step failed before there was a date.
        (settings.reports / _UNDATED).unlink(missing_ok=True)
    return Report(path, _verdict(answers), as_of_on, answers["version"].first.get("version"))


def write_report_without_books(settings: Settings, reason: str) -> Report:
    """Write a page that says why nothing can be told, for a night that left no books to read."""
    answers = {
        path.stem: Answer(path.stem, path.read_text(encoding="utf-8"), (), problem=reason)
        for path in sorted(_QUERIES.glob("*.sql"))
    }
    path = settings.reports / _UNDATED
    _replace(path, _rendered(answers, settings.warehouse.name), readers_of(settings) is not None)
    return Report(path, _verdict(answers), None, None)


def render(database: Path) -> str:
    """The page of one DuckDB file: the same file gives the same bytes. Raises ReportError."""
    return _rendered(_read(database), database.name, paper=_paper(database))


def _read(database: Path) -> dict[str, Answer]:
    with reading(database) as connection:
        return read_answers(connection, _QUERIES)


def _paper(database: Path) -> dict[str, Answer]:
    """What the pictures ask, of the personal copy beside a published one, or of a warehouse itself."""
    personal = database.parent / _PERSONAL_COPY
    with reading(personal if os.access(personal, os.R_OK) else database) as connection:
        return read_answers(connection, _PAPER)


def _closed_since(answers: dict[str, Answer], lake: Path) -> dict[str, Answer]:
    """The answers with the close that followed the publication, which the copy itself cannot know of."""
    as_of, version = answers["as_of"], answers["version"].first
    if not version or not as_of.rows or as_of.first["is_closed"]:
        return answers
    closes = [
        close
        for close in lake_rows(lake, "closes", ["closed_on", "closed_by", "closed_at", "note"])
        if close["closed_on"] == as_of.first["as_of_on"]
        and _utc(close["closed_at"]) >= _utc(version["published_at"])
    ]
    if not closes:
        return answers
    close = closes[-1]
    row = as_of.first | {"is_closed": True, "last_closed_on": close["closed_on"]}
    told = {
        "closed_date": str(close["closed_on"]),
        "closed_by": close["closed_by"],
        "closed_at": _utc(close["closed_at"]).replace(tzinfo=None),
        "note": close["note"],
    }
    return answers | {
        "as_of": replace(as_of, rows=[row]),
        "close": replace(answers["close"], rows=[told]),
    }


def _utc(moment: datetime.datetime) -> datetime.datetime:
    return moment.astimezone(datetime.UTC) if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def chain_anchor(settings: Settings) -> str | None:
    """Where the lake's chain ends, if it has one, or why that cannot be said: the page is written anyway."""
    try:
        last = head(settings.lake, settings.chain_key)
        return str(last) if last.number else None
    except TieoutError as error:
        return str(error)


def _verdict(answers: dict[str, Answer]) -> str:
    """Whether the night closed. Anything that cannot be read is unknown, never good."""
    as_of, controls = answers["as_of"], answers["controls"]
    bank = [row for row in controls.rows if row["area"] == "bank"]
    if as_of.problem or controls.problem or not as_of.rows or not bank:
        return "unknown"
    if any(row["red_count"] and row["is_blocking"] for row in bank):
        return "red"
    return "closed" if as_of.first["is_closed"] else "ready"


def _rendered(
    answers: dict[str, Answer],
    source_name: str,
    anchor: str | None = None,
    paper: dict[str, Answer] | None = None,
) -> str:
    values: dict[str, Any] = {
        "answers": answers,
        "paper": paper,
        "verdict": _verdict(answers),
        "source_name": source_name,
        "anchor": anchor,
        "css": style(TEMPLATES / "page.css", TEMPLATES / "morning.css"),
        "chart": chart,
        "width": WIDTH,
        "height": HEIGHT,
        "desk": Settings.from_environment().desk,
    }
    return labelled(templates(TEMPLATES).get_template("page.html").render(values))


def _replace(path: Path, html: str, has_readers: bool) -> None:
    """Write a file so that a reader sees the old one or the new one, whole. has_readers: the folder's group;
    without them it is the owner's alone, wherever it stands.

    What a killed writer left in the folder is removed, once it is an hour old by the folder's own clock.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    work = path.with_name(f".{path.name}.{os.getpid()}.writing")
    try:
        work.touch(0o600)
        work.write_text(html, encoding="utf-8")
        if has_readers:
            work.chmod(0o640)
        written_at = work.stat().st_mtime
        work.replace(path)
    finally:
        work.unlink(missing_ok=True)
    for left in path.parent.glob(".*.writing"):
        with contextlib.suppress(FileNotFoundError):
            if written_at - left.stat().st_mtime > _LEFT_BEHIND_SECONDS:
                left.unlink()
