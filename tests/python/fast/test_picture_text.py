"""Facts of receipts: what their text states, and what their own arithmetic proves of it."""

from __future__ import annotations

import io
import time
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from orchestration.collect.picture_text import Facts, TextLine, facts, read_text
from orchestration.collect.pictures import read_pages
from orchestration.demo.paper import drawn
from orchestration.lake.datasets.documents import is_text_read


def lines(text: str) -> list[TextLine]:
    """What a reader makes of these rows, whose parts stand apart by two blanks or more: lines that lean."""
    found = []
    for row, parts in enumerate(text.strip().splitlines()):
        for place, part in enumerate(filter(None, parts.strip().split("  "))):
            top = 40 * row + 3 * place
            found.append(TextLine(part.strip(), 0.9, 300 * place, top, 300 * place + 200, top + 24))
    Random(1).shuffle(found)
    return found


CASES = {
    "lines and the tax inside": (
        """
        Larkspur Hotel
        Receipt R-0007-31
        2026-01-05
        Room  80.00
        Breakfast  12.50
        Total  92.50 EUR
        Tax contained  6.85
        """,
        Facts(
            "Larkspur Hotel",
            "R-0007-31",
            "EUR",
            Decimal("92.50"),
            Decimal("6.85"),
            True,
            date(2026, 1, 5),
        ),
    ),
    "a subtotal and the tax beside it, in the order of the United States": (
        """
        INVOICE
        Quillbrook Diner
        Invoice no. 4711
        03/04/2026 12:41
        2 Soup  $ 9.00
        Coffee  $ 3.00
        Subtotal  $ 12.00
        Sales tax 8.25%  $ 0.99
        Total  $ 12.99
        """,
        Facts(
            "Quillbrook Diner",
            "4711",
            "USD",
            Decimal("12.99"),
            Decimal("0.99"),
            True,
            date(2026, 3, 4),
        ),
    ),
    "cash and change, of a till whose lines were not found": (
        """
        Bäckerei Ährenfeld
        Beleg-Nr. 100234
        17.02.202612:55
        SUMME  EUR
        1.204,60
        Bar  1.250,00
        Rckgeld  45,40
        """,
        Facts("Bäckerei Ährenfeld", "100234", "EUR", Decimal("1204.60"), None, True, date(2026, 2, 17)),
    ),
    "a total that its lines deny": (
        """
        Marlpit Taxi
        12 March 2026
        Fare  24.00
        Totai  42.00GBP
        """,
        Facts("Marlpit Taxi", None, "GBP", Decimal("42.00"), None, False, date(2026, 3, 12)),
    ),
    "nothing": ("Thank you", Facts("Thank you", None, None, None, None, False, None)),
}


@pytest.mark.parametrize("name", CASES)
def test_facts_are_what_the_rows_state(name: str) -> None:
    text, expected = CASES[name]
    assert facts(lines(text)) == expected


@pytest.mark.skipif(not is_text_read(), reason="make documents installs what reads text")
def test_a_drawn_receipt_is_read() -> None:
    paper = drawn.Receipt(
        "Tern and Bell Stationers", "R-0002-17", "2026-01-03", "EUR", [("Paper", 4210), ("Fuel", 1790)], 444
    )
    content = drawn.receipt(paper, Random(3), lean=4.0)
    (page,) = read_pages(io.BytesIO(content))
    found = facts(read_text(page.picture, float(page.measures.skew)))
    assert found == Facts(
        paper.merchant,
        paper.number,
        "EUR",
        Decimal("60.00"),
        Decimal("4.44"),
        True,
        date(2026, 1, 3),
    )


@pytest.mark.parametrize("row", ["Receipt " + "-" * 30_000, "1 " + "123 " * 9_000 + "x"])
def test_no_wall_of_signs_keeps_a_reader_busy(row: str) -> None:
    started = time.process_time()
    assert facts([TextLine(row, 0.9, 0, 0, 200, 24)]).amount is None
    assert time.process_time() - started < 2


def test_what_no_model_holds_is_not_read() -> None:
    assert facts(lines(f"Shop\nTotal  {'9' * 40}.99\n31.12.2099"))[3:] == (None, None, False, None)
    assert facts(lines(f"Shop\nTotal  {'9' * 15}.99\n31.12.2079")).amount == Decimal(f"{'9' * 15}.99")
