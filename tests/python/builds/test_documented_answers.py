"""What the pages show of the demo is what the demo says: the summary, and tables of answers."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from pathlib import Path

import duckdb
import pytest
from page_pictures import PAGE, PHONE, front_of, words_in

from orchestration.report import render
from orchestration.report.summary import summarize
from orchestration.settings import PROJECT_DIR

# An indented query, and the table of its answer.
ANSWER = re.compile(r"((?:^ {4}\S?.*\n)+)\n\|.*\|\n\|[-:|]+\|\n((?:\|.*\|\n)+)", re.MULTILINE)
# A mart, and the questions below it.
_QUESTIONS = re.compile(r"^### `(\w+)\.(\w+)`\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
_QUERY = re.compile(r"(?:^ {4}.*\n)+", re.MULTILINE)
# Questions about what the demo has none of, an accepted red and a blocked payslip.
_UNANSWERED = ("decision = 'accept'", "status = 'blocked'")
# Queries whose answers need a pay period that was closed and paid; test_demo_bank.py has that loop.
_PAID = "fct_payroll_payments"


def test_the_summary_in_the_readme_is_the_demo_s(demo_zone: Path) -> None:
    readme = (PROJECT_DIR / "README.md").read_text()
    sample = re.search(r"(?:^ {4}Tieout as of.*\n)(?:^(?: {4}.*)?\n)+", readme, re.MULTILINE)[0]
    said = iter(summarize(demo_zone / "warehouse" / "tieout.duckdb").splitlines())
    for line in sample.splitlines():
        if line.strip() not in ("", "..."):
            assert any(each.rstrip() == line[4:] for each in said), line


@pytest.mark.parametrize("picture", [PAGE, PHONE], ids=lambda picture: picture.stem)
def test_the_picture_of_the_page_is_the_demo_s(picture: Path, demo_zone: Path) -> None:
    assert words_in(picture) == front_of(render(demo_zone / "warehouse" / "tieout.duckdb")), (
        "make the pictures anew, as tests/python/page_pictures.py says"
    )


@pytest.mark.parametrize("page", ["docs/documents.md", "docs/marts.md", "docs/payroll.md"])
def test_answers_in_the_documents_are_the_demo_s(page: str, demo_zone: Path) -> None:
    answers = [
        (query, table)
        for query, table in ANSWER.findall((PROJECT_DIR / page).read_text())
        if query.lstrip().startswith("select") and _PAID not in query
    ]
    assert answers
    with duckdb.connect(str(demo_zone / "warehouse" / "tieout.duckdb"), read_only=True) as warehouse:
        for query, table in answers:
            shown = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]
            found = [list(map(_value, row)) for row in warehouse.execute(query).fetchall()]
            assert [list(map(_value, row)) for row in shown] == found, query


def _value(cell: object) -> object:
    """A number by its value, nothing as an empty text, and any other cell by its text."""
    text = "" if cell is None else str(cell)
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return text


def test_every_mart_answers_up_to_three_questions(demo_zone: Path) -> None:
    page = (PROJECT_DIR / "docs" / "questions.md").read_text()
    asked: set[tuple[str, str]] = set()
    with duckdb.connect(str(demo_zone / "warehouse" / "tieout.duckdb"), read_only=True) as warehouse:
        for schema, mart, questions in _QUESTIONS.findall(page):
            asked.add((schema, mart))
            queries = _QUERY.findall(questions)
            assert 1 <= len(queries) <= 3, mart
            (has_rows,) = warehouse.execute(f"select count(*) > 0 from {schema}.{mart}").fetchone()
            for query in queries:
                assert f"{schema}.{mart}" in query, query
                rows = warehouse.execute(query).fetchall()
                unanswered = any(words in query for words in _UNANSWERED)
                assert bool(rows) == (has_rows and not unanswered), query
        there = warehouse.execute(
            "select table_schema, table_name from information_schema.tables where table_schema in"
            " ('marts', 'operations', 'payroll', 'documents') and regexp_matches(table_name, '^(fct|dim)_')"
        ).fetchall()
    assert asked == set(there)
