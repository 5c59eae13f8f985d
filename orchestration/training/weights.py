"""Splink on DuckDB: from the levels of candidate pairs to a weight per level."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.settings import PROJECT_DIR

SEED = PROJECT_DIR / "seeds" / "reference" / "match_weights.csv"
FEATURES = ("amount", "date", "words", "conflict", "reference")
# A level seen in fewer pairs than this weighs as if it had been seen in as many.
LEAST_SHARE = 1e-5
LARGEST_WEIGHT = 14.0
# From fewer pairs the weights would be those of chance.
LEAST_PAIRS = 1000


class TrainingError(RuntimeError):
    """The weights cannot be estimated; the message says why."""


@dataclass(frozen=True)
class Weight:
    """One row of the seed. weight is log2(m / u); of the prior, the log2 of its odds."""

    feature: str
    level: str
    weight: float
    m_probability: float | None
    u_probability: float | None


def train(warehouses: Iterable[Path], *, iterations: int = 8) -> list[Weight]:
    """The weights that the candidate pairs of built warehouses support together, the prior first.

    Raises TrainingError with fewer than LEAST_PAIRS candidate pairs, or without Splink (dependency group
    training).
    """
    connection = duckdb.connect()
    _load_pairs(connection, list(warehouses))
    (pair_count,) = connection.execute("select count(*) from pairs").fetchone()
    if pair_count < LEAST_PAIRS:
        raise TrainingError(
            f"the warehouses hold {pair_count} candidate pairs, and weights need {LEAST_PAIRS}: name more"
            " warehouses, or build one with --vars 'suggestion_pool: int_items_pool' to learn from every item"
        )
    try:
        from splink import DuckDBAPI, Linker, SettingsCreator
    except ImportError as error:
        raise TrainingError("Splink is missing: pip install --group training") from error

    levels = {
        feature: [
            level
            for (level,) in connection.execute(
                f"select distinct {feature}_level from pairs order by 1"
            ).fetchall()
        ]
        for feature in FEATURES
    }
    # A pair is a record on either side, blocked on its number: Splink sees the levels as measured.
    for side in ("left", "right"):
        columns = ", ".join(f"{feature}_level" for feature in FEATURES)
        connection.execute(
            f"create table pairs_{side} as select pair_number as unique_id, {columns} from pairs"
        )
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            _comparison(feature, levels[feature]) for feature in FEATURES if len(levels[feature]) > 1
        ],
        blocking_rules_to_generate_predictions=["l.unique_id = r.unique_id"],
        probability_two_random_records_match=0.2,
        max_iterations=iterations,
        em_convergence=0.005,
    )
    api = DuckDBAPI(connection=connection)
    tables = [
        api.register(f"pairs_{side}", dataset_display_name=f"pairs_{side}") for side in ("left", "right")
    ]
    linker = Linker(tables, settings)
    linker.training.estimate_parameters_using_expectation_maximisation(
        "l.unique_id = r.unique_id",
        fix_u_probabilities=False,
        populate_probability_two_random_records_match_from_trained_values=True,
    )
    model = linker.misc.save_model_to_json()
    return _weights(model, levels, model["probability_two_random_records_match"])


def _load_pairs(connection: duckdb.DuckDBPyConnection, warehouses: list[Path]) -> None:
    columns = ", ".join(f"{feature}_level" for feature in FEATURES)
    parts = []
    for place, warehouse in enumerate(warehouses):
        connection.execute(f"attach '{warehouse}' as w{place} (read_only)")
        parts.append(
            f"select bank_item_id, ledger_item_id, {columns}"
            f" from w{place}.intermediate.int_suggestion_features"
        )
    ordered = ", ".join(["bank_item_id", "ledger_item_id"])
    connection.execute(
        f"create table pairs as select row_number() over (order by {ordered}) as pair_number, * from ("
        + " union all ".join(parts)
        + ")"
    )


def _comparison(feature: str, levels: list[str]) -> dict[str, object]:
    column = f"{feature}_level"
    return {
        "output_column_name": feature,
        "comparison_levels": [
            {"sql_condition": f"{column}_l is null", "label_for_charts": "null", "is_null_level": True},
            *(
                {
                    "sql_condition": f"{column}_l = '{level}'",
                    "label_for_charts": level,
                    "m_probability": _first_guess(feature, level, levels),
                    "u_probability": 1 / len(levels),
                }
                for level in levels[:-1]
            ),
            {
                "sql_condition": "ELSE",
                "label_for_charts": levels[-1],
                "m_probability": _first_guess(feature, levels[-1], levels),
                "u_probability": 1 / len(levels),
            },
        ],
    }


def _first_guess(feature: str, level: str, levels: list[str]) -> float:
    """Where estimation starts among pairs that belong together: near dates, like amounts, shared words."""
    return _likeness(feature, level) / sum(_likeness(feature, each) for each in levels)


def _likeness(feature: str, level: str) -> float:
    if level.startswith("same"):
        return 10.0
    if not level.startswith("from_"):
        return 0.1
    bound = abs(float(level.removeprefix("from_").replace("minus_", "-").replace("_", ".")))
    if feature == "words":
        return 1 + bound
    return 1 / (1 + bound * (100 if feature == "amount" else 1))


def _weights(model: dict, levels: dict[str, list[str]], prior: float) -> list[Weight]:
    weights = [Weight("prior", "candidate", round(math.log2(prior / (1 - prior)), 3), None, None)]
    for comparison in model["comparisons"]:
        feature = comparison["output_column_name"]
        for level in comparison["comparison_levels"][1:]:
            m = max(level.get("m_probability") or 0.0, LEAST_SHARE)
            u = max(level.get("u_probability") or 0.0, LEAST_SHARE)
            weight = max(-LARGEST_WEIGHT, min(LARGEST_WEIGHT, math.log2(m / u)))
            weights.append(
                Weight(feature, level["label_for_charts"], round(weight, 3), round(m, 6), round(u, 6))
            )
    return weights


def write_weights(weights: list[Weight], seed: Path = SEED) -> int:
    """Write the seed; the number of rows."""
    with seed.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["feature", "level", "weight", "m_probability", "u_probability"])
        for row in weights:
            writer.writerow(
                [
                    row.feature,
                    row.level,
                    f"{row.weight:.3f}",
                    _text(row.m_probability),
                    _text(row.u_probability),
                ]
            )
    return len(weights)


def _text(probability: float | None) -> str:
    return "" if probability is None else f"{probability:.6f}"
