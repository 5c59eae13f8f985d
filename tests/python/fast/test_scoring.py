"""The scaling and encoding macros, on values worked out by hand and at the edges of their bins."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from jinja2 import Environment

MACROS = Path(__file__).parents[3] / "macros" / "scoring"
TEMPLATE = "".join(
    (MACROS / name).read_text(encoding="utf-8") for name in ("scaling.sql", "encoding.sql", "probability.sql")
)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("log_scaled(8)", 3.0),
        ("log_scaled(0.25)", -2.0),
        ("log_scaled(100, 10)", 2.0),
        ("rarity_bits(1, 1024)", 10.0),
        ("rarity_bits(7, 7)", 0.0),
        ("binned('null', [0, 1])", "missing"),
        ("binned(-0.5, [-0.5, 1])", "from_minus_0_5"),
        ("binned(-0.501, [-0.5, 1])", "below"),
        ("binned(0.999, [-0.5, 1])", "from_minus_0_5"),
        ("binned(1, [-0.5, 1])", "from_1"),
        ("odds_of_weight(3)", 8.0),
        ("probability_of_weight(0)", 0.5),
        ("probability_of_weight(-1)", 0.333333),
        ("probability_of_weight(400)", 1.0),
        ("probability_of_weight(-400)", 0.0),
    ],
)
def test_a_value_is_scaled_or_encoded(call: str, expected: float | str | None) -> None:
    rendered = Environment().from_string(TEMPLATE + "{{ " + call + " }}").render().strip()
    (value,) = duckdb.sql(f"select {rendered}").fetchone()
    if isinstance(expected, float):
        assert float(value) == pytest.approx(expected, abs=1e-9)
    else:
        assert value == expected
