"""From labelled pairs to weights, and what weights are worth on pairs held back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import jinja2
import yaml

from orchestration.settings import PROJECT_DIR
from orchestration.training.fit import fit_levels, fit_map
from orchestration.training.pairs import load_pairs
from orchestration.training.weights import (
    CALIBRATION,
    FEATURES,
    PRIOR,
    SEED,
    Weight,
    neighbours,
    read_weights,
)

# In pairs: how strongly weights are pulled to those they start from, and neighbours kept alike.
PULL, SMOOTH, STRENGTH = 0.05, 0.5, 20.0
# The rounds take an item's rivals into account, which the weights alone had to: the prior is raised by so
# many bits.
PRIOR_STEPS = range(-2, 11, 2)
FINE_STEPS = (-1.0, -0.5, 0.0, 0.5, 1.0)


@dataclass(frozen=True)
class Measures:
    """What weights are worth: suggestions against the truth, and how far probabilities are from it."""

    true_pairs: int
    suggested: int
    right: int
    calibration_error: float
    log_loss: float

    @property
    def precision(self) -> float:
        return self.right / self.suggested if self.suggested else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.true_pairs if self.true_pairs else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, self.suggested + self.true_pairs)


@dataclass(frozen=True)
class Outcome:
    """weights: learned from all pairs. before and after: weights in use, and those learned without the pairs
    held back, measured on those.
    """

    weights: list[Weight]
    before: Measures
    after: Measures


def train(warehouses: Sequence[Path], seed: Path = SEED) -> Outcome:
    """What the matches and decisions of built warehouses teach, beginning with the weights of a seed."""
    connection = duckdb.connect()
    load_pairs(connection, warehouses)
    start = read_weights(seed)
    return Outcome(
        weights=learn(connection, start, "true", pull=1.0),
        before=measure(connection, start, "is_held"),
        after=measure(connection, learn(connection, start, "not is_held", pull=1.0), "is_held"),
    )


def learn(
    connection: duckdb.DuckDBPyConnection, start: list[Weight], where: str, *, pull: float = PULL
) -> list[Weight]:
    """The weights that the labelled pairs where a condition holds support, beginning with start."""
    places = {
        (row.feature, row.level): place for place, row in enumerate(start) if row.feature != CALIBRATION
    }
    columns = ", ".join(f"{feature}_level" for feature in FEATURES)
    groups = [
        (
            tuple(
                places[key]
                for key in [PRIOR, *zip(FEATURES, row[: len(FEATURES)], strict=True)]
                if key in places
            ),
            row[-2],
            row[-1],
        )
        for row in connection.execute(
            f"select {columns}, count(*) filter (where is_true), count(*) filter (where not is_true)"
            f" from pairs where is_true is not null and {where} group by all order by all"
        ).fetchall()
    ]
    fitted = fit_levels(
        groups,
        [row.weight for row in start if row.feature != CALIBRATION],
        neighbours(start),
        pull=pull,
        smooth=SMOOTH,
    )
    true_count = sum(true for _, true, _ in groups)
    false_count = sum(false for _, _, false in groups)
    weights = [
        row
        if row.feature == CALIBRATION
        else Weight(
            row.feature,
            row.level,
            round(fitted[place], 3),
            *(
                (None, None)
                if row.feature == PRIOR[0]
                else (
                    round(sum(true for has, true, _ in groups if place in has) / true_count, 6),
                    round(sum(false for has, _, false in groups if place in has) / false_count, 6),
                )
            ),
        )
        for place, row in enumerate(start)
    ]

    def raised(bits: float) -> list[Weight]:
        return [
            Weight(row.feature, row.level, round(row.weight + bits, 3))
            if (row.feature, row.level) == PRIOR
            else row
            for row in weights
        ]

    def loss(bits: float) -> float:
        _settle(connection, raised(bits))
        return _loss(connection, "settled_odds / (1 + settled_odds)", where)

    coarse = min(PRIOR_STEPS, key=loss)
    weights = raised(min([coarse + step for step in FINE_STEPS], key=loss))
    _settle(connection, weights)
    learned: dict[str, float] = {}
    for band in dict.fromkeys(row.level.split()[0] for row in start if row.feature == CALIBRATION):
        settled = connection.execute(
            "select settled_bits, is_true from settled"
            f" where is_true is not null and band = ? and {where} order by all",
            [band],
        ).fetchall()
        until_now = {
            int(row.level.split()[1]): row.weight
            for row in start
            if row.feature == CALIBRATION and row.level.split()[0] == band
        }
        for bits, worth in fit_map(settled, until_now, strength=STRENGTH).items():
            learned[f"{band} {bits}"] = worth
    return [
        Weight(CALIBRATION, row.level, round(learned[row.level], 3)) if row.feature == CALIBRATION else row
        for row in weights
    ]


def measure(connection: duckdb.DuckDBPyConnection, weights: list[Weight], where: str) -> Measures:
    """What the weights are worth on the labelled pairs where a condition holds, rivals being all pairs."""
    _settle(connection, weights)
    variables = _variables()
    suggested, right = connection.execute(
        f"""
        select count(*), count(*) filter (where is_true)
        from (
            select
                *,
                row_number() over by_bank = 1 and row_number() over by_ledger = 1 as is_best,
                greatest(lead(probability, 1, 0) over by_bank, lead(probability, 1, 0) over by_ledger)
                    as runner_up
            from settled
            window
                by_bank as (partition by book, bank_item_id order by probability desc, ledger_item_id),
                by_ledger as (partition by book, ledger_item_id order by probability desc, bank_item_id)
        )
        where is_best and is_true is not null and {where}
            and probability >= {variables["suggestion_probability"]}
            and probability - runner_up >= {variables["suggestion_margin"]}
        """
    ).fetchone()
    (true_pairs,) = connection.execute(f"select count(*) from truth where {where}").fetchone()
    (error,) = connection.execute(
        f"""
        select sum(abs(told - truths)) / sum(pairs)
        from (
            select count(*) as pairs, sum(probability) as told, count(*) filter (where is_true) as truths
            from settled
            where is_true is not null and {where}
            group by list_position([probability < edge for edge in {_EDGES}], true)
        )
        """
    ).fetchone()
    return Measures(true_pairs, suggested, right, float(error or 0), _loss(connection, "probability", where))


_EDGES = [0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 2]


def _settle(connection: duckdb.DuckDBPyConnection, weights: list[Weight]) -> None:
    """Create table settled: the pairs that weigh enough, with one-to-one odds and calibrated probability,
    by the macros that the models use.
    """
    connection.execute(
        "create or replace table weights (feature varchar, level varchar, weight decimal(9, 3))"
    )
    connection.executemany(
        "insert into weights values (?, ?, ?)", [(row.feature, row.level, row.weight) for row in weights]
    )
    joins = " ".join(
        f"left join weights as {feature}"
        f" on {feature}.feature = '{feature}' and {feature}.level = pairs.{feature}_level"
        for feature in FEATURES
    )
    summed = " + ".join(f"coalesce({feature}.weight, 0)" for feature in FEATURES)
    connection.execute(
        f"""
        create or replace table scores as
        select pairs.*, prior.weight + {summed} as match_weight
        from pairs
        cross join (select weight from weights where feature = 'prior') as prior
        {joins}
        where match_weight >= {_variables()["suggestion_least_weight"]}
        """
    )
    odds = _sql("odds_of_weight('least(match_weight, 25)')")
    pairs = (
        f"(select bank_key as bank_item_id, ledger_key as ledger_item_id, match_weight, {odds} as odds"
        " from scores)"
    )
    connection.execute(f"create or replace table messages as {_sql('match_messages(pairs)', pairs=pairs)}")
    connection.execute(
        "create or replace table settled_pairs as select scores.* exclude (account_id),"
        " book || ' ' || account_id as account_id,"
        " messages.odds * bank_freedom * ledger_freedom as settled_odds from messages inner join scores"
        " on messages.bank_item_id = scores.bank_key and messages.ledger_item_id = scores.ledger_key"
    )
    connection.execute(
        "create or replace table settled as "
        + _sql("calibrated('settled_pairs', \"(select * from weights where feature = 'calibration')\")")
    )


def _loss(connection: duckdb.DuckDBPyConnection, probability: str, where: str) -> float:
    """Bits a pair that the truth costs whoever believes the probabilities."""
    (loss,) = connection.execute(
        f"select avg(-log2(greatest(case when is_true then {probability} else 1 - ({probability}) end,"
        f" 1e-6))) from settled where is_true is not null and {where}"
    ).fetchone()
    return float(loss or 0)


@cache
def _template() -> str:
    return "".join(
        path.read_text(encoding="utf-8")
        for path in sorted((PROJECT_DIR / "macros" / "scoring").glob("*.sql"))
    )


def _sql(call: str, **values: str) -> str:
    """A call of a scoring macro, rendered."""
    return jinja2.Environment().from_string(_template() + "{{ " + call + " }}").render(**values).strip()


@cache
def _variables() -> dict[str, float]:
    return yaml.safe_load((PROJECT_DIR / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
