"""How often the anomaly rules cry wolf on clean quarters, and how much of what is planted they find.

Generates the metrics of many accounts (counts, values and shares with weekdays, month ends and heavy
tails), writes them to a scratch warehouse in the place of int_metrics, and lets dbt build the project's own
models over them. The first `--history` business days only warm up; every planted fault stands alone on its
account and day.
"""

from __future__ import annotations

import argparse
import datetime
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

PROJECT_DIR = Path(__file__).resolve().parent.parent
SIZES = (5, 12, 40, 150, 600)
SHARES = ("counterparty_null_rate", "reference_null_rate", "match_rate_after_0", "match_rate_after_3")
Row = tuple[str, str, str | None, str, float, int, datetime.date, datetime.datetime]
# Plant: metric, name, how the value changes. Shares are planted as shares of the day's records.
PLANTS = {
    "missing": ("bank_line_count", lambda value: 0.0),
    "doubled": ("bank_line_count", lambda value: value * 2),
    "value x10": ("bank_line_value", lambda value: value * 10),
    "match rate to a quarter": ("match_rate_after_0", lambda value: value / 4),
    "matching stands still": ("match_rate_after_3", lambda value: 0.0),
    "counterparties gone": ("counterparty_null_rate", lambda value: 1.0),
    "references gone": ("reference_null_rate", lambda value: 1.0),
    "duration x5": ("run_seconds", lambda value: value * 5),
}


def business_days(count: int) -> list[datetime.date]:
    day, days = datetime.date(2025, 1, 2), []
    while len(days) < count:
        if day.weekday() < 5:
            days.append(day)
        day += datetime.timedelta(days=1)
    return days


def day_class(day: datetime.date) -> str:
    later = [day + datetime.timedelta(days=step) for step in range(1, 8)]
    left = sum(other.weekday() < 5 and other.month == day.month for other in later)
    return "month end" if left < 2 else f"weekday {day.weekday() + 1}"


class Account:
    """One account's ordinary days: its level, its week, its month ends, its names."""

    def __init__(self, size: int, chance: random.Random) -> None:
        self.chance, self.size = chance, size
        self.weekdays = [chance.uniform(0.75, 1.3) for _ in range(5)]
        self.month_end = chance.uniform(1.0, 2.2)
        self.overdispersion = chance.uniform(1.0, 1.5)
        self.sigma = chance.uniform(0.9, 1.6)
        self.rates = {
            "counterparty_null_rate": chance.choice([0.0, 0.03, 0.15]),
            "reference_null_rate": chance.choice([0.02, 0.15, 0.25]),
            "match_rate_after_0": chance.uniform(0.75, 0.95),
            "match_rate_after_3": chance.uniform(0.95, 1.0),
        }

    def day(self, day: datetime.date) -> Iterator[tuple[str, float, int]]:
        mean = self.size * self.weekdays[day.weekday()]
        if day_class(day) == "month end":
            mean *= self.month_end
        shape = mean / (self.overdispersion - 1 + 1e-9)
        rate = self.chance.gammavariate(shape, mean / shape) if self.overdispersion > 1.01 else mean
        lines = _poisson(rate, self.chance)
        yield "bank_line_count", lines, lines
        if lines:
            amounts = sum(self.chance.lognormvariate(8, self.sigma) for _ in range(lines))
            yield "bank_line_value", amounts, lines
            for metric, probability in self.rates.items():
                hits = sum(self.chance.random() < probability for _ in range(lines))
                yield metric, hits / lines, lines


def _poisson(mean: float, chance: random.Random) -> int:
    if mean > 60:
        return max(0, round(chance.gauss(mean, mean**0.5)))
    count, product, limit = 0, chance.random(), 2.718281828459045**-mean
    while product > limit:
        count, product = count + 1, product * chance.random()
    return count


def metrics(
    accounts: int, days: list[datetime.date], seed: int, sizes: tuple[int, ...] = SIZES
) -> Iterator[Row]:
    for size in sizes:
        for number in range(accounts):
            chance = random.Random(f"{seed}/{size}/{number}")
            account = Account(size, chance)
            subject = f"{size}/{number}"
            for day in days:
                at = datetime.datetime.combine(day, datetime.time())
                for metric, observed, records in account.day(day):
                    yield metric, subject, None, day_class(day), float(observed), records, day, at
                seconds = 60 * (1 + 0.002 * days.index(day)) * chance.lognormvariate(0, 0.15)
                yield "run_seconds", subject, f"{subject}/{day}", "run", seconds, 1700, day, at


def planted(
    rows: list[Row], first_on: datetime.date, seed: int
) -> tuple[list[Row], dict[tuple[str, str], str]]:
    """Rows with one fault of one kind on each account, and the kind by subject and day."""
    chance = random.Random(seed)
    by_subject: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        by_subject.setdefault(row[1], []).append(index)
    rows, kinds = list(rows), {}
    for number, (subject, indexes) in enumerate(sorted(by_subject.items())):
        kind = list(PLANTS)[number % len(PLANTS)]
        metric, change = PLANTS[kind]
        index = chance.choice([i for i in indexes if rows[i][0] == metric and rows[i][6] >= first_on])
        row = rows[index]
        rows[index] = (*row[:4], change(row[4]), *row[5:])
        kinds[subject, str(row[6])] = kind
    return rows, kinds


def judge(rows: list[Row], folder: Path) -> duckdb.DuckDBPyConnection:
    """Build the project's models over these metrics, in the folder, and open the warehouse they stand in."""
    import pyarrow

    (folder / "landing").mkdir(parents=True)
    warehouse = folder / "tieout.duckdb"
    names = [
        "metric",
        "subject",
        "invocation_id",
        "day_class",
        "observed",
        "record_count",
        "business_date",
        "ordered_at",
    ]
    table = pyarrow.table(
        {name: list(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}
    )
    with duckdb.connect(str(warehouse)) as connection:
        connection.register("generated", table)
        connection.execute("create schema intermediate")
        connection.execute("create table intermediate.int_metrics as select * from generated")
    arguments = ["build", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    arguments += ["--select", "anomaly_rules", "known_events", "int_metrics_compared", "fct_anomalies"]
    done = subprocess.run(
        [Path(sys.executable).with_name("dbt"), *arguments, "--target-path", folder / "target"],
        cwd=PROJECT_DIR,
        env=os.environ
        | {
            "TIEOUT_LANDING": str(folder / "landing"),
            "TIEOUT_LAKE": str(folder / "lake"),
            "TIEOUT_WAREHOUSE": str(warehouse),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stdout[-3000:])
    for line in done.stdout.splitlines():
        if "OK created sql table model" in line:
            print(line.split("] ")[-1] if "] " in line else line)
    return duckdb.connect(str(warehouse), read_only=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=40, help="accounts of each size")
    parser.add_argument("--history", type=int, default=65, help="business days before the judged quarter")
    parser.add_argument("--days", type=int, default=65, help="business days of the judged quarter")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    days = business_days(options.history + options.days)
    first_on = days[options.history]
    clean = list(metrics(options.accounts, days, options.seed))
    print(f"{len(clean):,} values, {len(SIZES) * options.accounts} accounts, judged from {first_on}")

    folder = Path(tempfile.mkdtemp(prefix="tieout-anomalies-"))
    print("clean: false alarms by metric and lines a day")
    judged = judge(clean, folder / "clean")
    for row in judged.execute(
        """
        select metric, split_part(subject, '/', 1)::int as size, day_class = 'month end' as is_month_end,
            count(*) as judged, count(*) filter (where status <> 'normal') as alarms
        from operations.fct_anomalies where business_date >= ?
        group by all having alarms > 0 order by all
        """,
        [first_on],
    ).fetchall():
        print("  ", row)
    quarters, with_alarm, alarms, values = judged.execute(
        """
        select count(*), count(*) filter (where alarms > 0), sum(alarms), sum(judged) from (
            select subject, count(*) as judged, count(*) filter (where status <> 'normal') as alarms
            from operations.fct_anomalies where business_date >= ? group by subject
        )
        """,
        [first_on],
    ).fetchone()
    print(
        f"   {alarms} false alarms in {values:,} values; {with_alarm} of {quarters} account quarters had one"
    )

    print("planted: found of planted, by lines a day")
    rows, kinds = planted(clean, first_on, options.seed)
    judged = judge(rows, folder / "planted")
    found = {
        (subject, str(date), metric)
        for subject, date, metric in judged.execute(
            "select subject, business_date, metric from operations.fct_anomalies where status = 'anomaly'"
        ).fetchall()
    }
    for kind, (metric, _) in PLANTS.items():
        counts = []
        for size in SIZES:
            mine = [key for key, name in kinds.items() if name == kind and key[0].startswith(f"{size}/")]
            hits = sum((*key, metric) in found for key in mine)
            counts.append(f"{size}: {hits}/{len(mine)}")
        print(f"   {kind:<26}{'   '.join(counts)}")


if __name__ == "__main__":
    main()
