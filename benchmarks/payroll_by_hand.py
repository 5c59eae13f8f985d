"""The year of benchmarks/payroll.py by hand: payroll_by_hand.py RIVAL LAKE PERIODS PAYSLIPS REPORT

Does what the payroll models do as far as the generated company needs it: resent punches, shifts of at most 16
hours, days cut at midnight, overtime by workweek at the blended rate, holidays, salaries with a raise in the
period, section 125, 401(k) and Social Security with their yearly limits, Medicare, federal and state tax by
brackets, garnishments and dues. No lines, no explanations, no questions, no corrections, nothing by effective
date but rates, amounts as floats.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd

SEEDS = Path(__file__).parents[1] / "seeds" / "payroll"
LONGEST_SHIFT = pd.Timedelta(hours=16)
PERIODS_PER_YEAR, WEEK_SECONDS, DAY = 26, 40 * 3600, pd.Timedelta(days=1)


def read(lake: Path, dataset: str, columns: list[str]) -> pd.DataFrame:
    """Some columns of a dataset of the lake."""
    return pd.concat(
        [pd.read_parquet(file, columns=columns) for file in sorted((lake / dataset).glob("*.parquet"))],
        ignore_index=True,
    )


def cents(amounts: pd.Series, half: float = 0.5) -> pd.Series:
    """Rounded half up to the cent, after nine decimals; half=0: rounded down."""
    return np.floor(np.round(amounts, 9) * 100 + half + 1e-7) / 100


def worked_days(lake: Path, people: pd.DataFrame) -> pd.DataFrame:
    """Seconds worked by employee, job and local day."""
    punches = read(lake, "punches", ["device_id", "sequence", "badge", "direction", "job_code", "punched_at"])
    punches = punches.drop_duplicates(["device_id", "sequence"])
    badges = read(lake, "hr_badges", ["badge", "employee_id"])
    punches = punches.merge(badges, on="badge").merge(people[["employee_id", "time_zone"]], on="employee_id")
    punches["job_code"] = punches["job_code"].fillna("MAIN")
    punches = punches.sort_values(["employee_id", "punched_at"], ignore_index=True)
    follows = punches["employee_id"].eq(punches["employee_id"].shift(-1))
    ends = punches["punched_at"].shift(-1)
    is_shift = (
        follows
        & punches["direction"].eq("in")
        & punches["direction"].shift(-1).eq("out")
        & (ends - punches["punched_at"] <= LONGEST_SHIFT)
    )
    shifts = punches.loc[is_shift, ["employee_id", "job_code", "time_zone", "punched_at"]]
    shifts["ended_at"] = ends[is_shift]
    days = []
    for time_zone, part in shifts.groupby("time_zone"):
        started = part["punched_at"].dt.tz_convert(time_zone)
        midnight = (started.dt.tz_localize(None).dt.normalize() + DAY).dt.tz_localize(time_zone)
        first_end = part["ended_at"].where(part["ended_at"] <= midnight, midnight)
        worked_on = started.dt.tz_localize(None).dt.normalize()
        keys = part[["employee_id", "job_code"]]
        days.append(
            keys.assign(worked_on=worked_on, seconds=(first_end - part["punched_at"]).dt.total_seconds())
        )
        rest = (part["ended_at"] - first_end).dt.total_seconds()
        days.append(keys.assign(worked_on=worked_on + DAY, seconds=rest)[rest > 0])
    return pd.concat(days).groupby(["employee_id", "job_code", "worked_on"], as_index=False)["seconds"].sum()


def with_rate(rows: pd.DataFrame, rates: pd.DataFrame, on: str) -> pd.DataFrame:
    """The rows with the rate of their job in force on a day."""
    rows = rows.assign(**{on: rows[on].astype(rates["effective_on"].dtype)})
    return pd.merge_asof(
        rows.sort_values(on),
        rates.sort_values("effective_on"),
        left_on=on,
        right_on="effective_on",
        by=["employee_id", "job_code"],
    )


def gross(lake: Path, people: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Gross pay of every employee and period."""
    first = periods["starts_on"].min()
    rates = read(lake, "hr_pay_rates", ["employee_id", "job_code", "effective_on", "rate_kind", "rate"])
    rates["rate"] = rates["rate"].astype(float)
    rates["effective_on"] = pd.to_datetime(rates["effective_on"])
    days = with_rate(worked_days(lake, people), rates, "worked_on")
    days["pay"] = days["seconds"] * days["rate"] / 3600
    days["week"] = (days["worked_on"] - first).dt.days // 7
    weeks = days.groupby(["employee_id", "week"], as_index=False)[["seconds", "pay"]].sum()
    overtime = (weeks["seconds"] - WEEK_SECONDS).clip(lower=0)
    weeks["pay"] += weeks["pay"] / weeks["seconds"] * overtime * 0.5
    weeks["period"] = weeks["week"] // 2

    leave = read(lake, "hr_leave", ["employee_id", "leave_on", "hours"])
    leave["leave_on"] = pd.to_datetime(leave["leave_on"])
    leave = with_rate(leave.assign(job_code="MAIN"), rates, "leave_on")
    leave["pay"] = leave["hours"].astype(float) * leave["rate"]
    leave["period"] = (leave["leave_on"] - first).dt.days // 14

    salaried = rates.loc[rates["rate_kind"] == "salary", "employee_id"].unique()
    weekdays = pd.date_range(first, periods["ends_on"].max(), freq="B")
    salaries = pd.MultiIndex.from_product([salaried, weekdays], names=["employee_id", "day"]).to_frame(
        index=False
    )
    salaries = with_rate(salaries.assign(job_code="MAIN"), rates, "day")
    salaries["pay"] = salaries["rate"] / PERIODS_PER_YEAR / 10
    salaries["period"] = (salaries["day"] - first).dt.days // 14

    earnings = pd.concat([part[["employee_id", "period", "pay"]] for part in (weeks, leave, salaries)])
    slips = pd.MultiIndex.from_product(
        [people["employee_id"], periods["period"]], names=["employee_id", "period"]
    ).to_frame(index=False)
    summed = earnings.groupby(["employee_id", "period"], as_index=False)["pay"].sum()
    slips = slips.merge(summed, how="left", on=["employee_id", "period"])
    slips["gross"] = cents(slips["pay"].fillna(0))
    return slips.sort_values(["employee_id", "period"], ignore_index=True)


def within(amounts: pd.Series, slips: pd.DataFrame, over: float, up_to: float = np.inf) -> pd.Series:
    """What of the amounts lies between two bounds of their sum to date."""
    to_date = amounts.groupby(slips["employee_id"]).cumsum()
    before = to_date - amounts
    return to_date.clip(over, up_to) - before.clip(over, up_to)


def income_tax(slips: pd.DataFrame, wages: pd.Series, jurisdiction: pd.Series) -> pd.Series:
    """Tax of each payslip by the brackets of its jurisdiction."""
    rules = (
        pd.read_csv(SEEDS / "income_tax_rules.csv")
        .query("not is_step_2_checked")
        .set_index(["jurisdiction", "filing_status"])
    )
    brackets = pd.read_csv(SEEDS / "income_tax_brackets.csv").query("not is_step_2_checked")
    tax = pd.Series(0.0, index=slips.index)
    for key, part in slips.groupby([jurisdiction, "filing_status"]):
        if rules.loc[key, "method"] == "none":
            continue
        table = brackets[(brackets["jurisdiction"] == key[0]) & (brackets["filing_status"] == key[1])]
        table = table.sort_values("over_amount", ignore_index=True)
        annual = (wages[part.index] * PERIODS_PER_YEAR - rules.loc[key, "deduction_amount"]).clip(lower=0)
        place = np.searchsorted(table["over_amount"], annual, side="right") - 1
        row = table.iloc[place].set_index(part.index)
        tax[part.index] = row["base_amount"] + row["rate"] * (annual - row["over_amount"])
    return tax


def pandas_payslips(lake: Path, period_count: int) -> pd.DataFrame:
    """The payslips of the first periods."""
    people = read(lake, "hr_employees", ["employee_id", "pay_group", "work_state"])
    people = people.merge(read(lake, "hr_pay_groups", ["pay_group", "time_zone"]), on="pay_group")
    elections = read(
        lake,
        "hr_tax_elections",
        ["employee_id", "jurisdiction", "filing_status", "dependents_amount", "extra_withholding_amount"],
    ).query("jurisdiction == 'US'")
    people = people.merge(elections, on="employee_id")
    periods = pd.DataFrame({"period": range(period_count)})
    periods["starts_on"] = pd.Timestamp("2025-12-22") + 14 * DAY * periods["period"]
    periods["ends_on"] = periods["starts_on"] + 13 * DAY

    slips = gross(lake, people, periods)
    slips = slips[slips["period"] < period_count].reset_index(drop=True)
    slips = slips.merge(people, on="employee_id")
    items = read(lake, "hr_recurring_items", ["employee_id", "pay_item_code", "value"])
    items = items.assign(value=items["value"].astype(float)).pivot(
        index="employee_id", columns="pay_item_code", values="value"
    )
    slips = slips.merge(items.fillna(0), how="left", left_on="employee_id", right_index=True)
    slips = slips.fillna({"MED125": 0, "K401": 0, "UNION": 0, "GARN": 0})

    health = np.minimum(slips["MED125"], slips["gross"])
    fica = slips["gross"] - health
    social_security = cents(within(fica, slips, 0, 184_500) * 0.062)
    medicare = cents(fica * 0.0145) + cents(within(fica, slips, 200_000) * 0.009)
    states = cents(fica.where(slips["work_state"] == "PA", 0) * 0.0007)
    for state, up_to, rate in (("NY", 95_348.76, 0.00432), ("WA", 184_500, 0.00807159)):
        states += cents(within(fica.where(slips["work_state"] == state, 0), slips, 0, up_to) * rate)
    left = slips["gross"] - health - social_security - medicare - states
    retirement = within(np.minimum(cents(slips["gross"] * slips["K401"] / 100), left), slips, 0, 24_500)
    wages = fica - retirement
    federal = income_tax(slips, wages, pd.Series("US", index=slips.index))
    federal = (federal - slips["dependents_amount"].astype(float).fillna(0)).clip(lower=0) / PERIODS_PER_YEAR
    federal += slips["extra_withholding_amount"].astype(float).fillna(0)
    federal = cents(federal.where(wages > 0, 0))
    state_wages = wages + retirement.where(slips["work_state"] == "PA", 0)
    state = cents(income_tax(slips, state_wages, slips["work_state"]) / PERIODS_PER_YEAR)
    federal = np.minimum(federal, left - retirement)
    state = np.minimum(state, left - retirement - federal)
    taxes = social_security + medicare + states + federal + state
    disposable = slips["gross"] - taxes
    left = left - retirement - federal - state
    limit = np.minimum(disposable * 0.25, (disposable - 30 * 7.25 * 52 / PERIODS_PER_YEAR).clip(lower=0))
    garnished = np.minimum(np.minimum(slips["GARN"], cents(limit, half=0)), left)
    dues = np.minimum(slips["UNION"], left - garnished)
    number = (slips["period"] + 1).astype(str).str.zfill(2)
    return pd.DataFrame(
        {
            "payslip_id": slips["pay_group"] + "-2026-" + number + "/" + slips["employee_id"],
            "gross_amount": slips["gross"],
            "pretax_amount": -health - retirement,
            "employee_tax_amount": -taxes,
            "net_amount": left - garnished - dues,
        }
    ).round(2)


def main() -> None:
    """Calculate, and write the payslips and what they cost."""
    rival, lake, periods, payslips, report = sys.argv[1:]
    began = perf_counter()
    {"pandas": pandas_payslips}[rival](Path(lake), int(periods)).to_parquet(payslips)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cost = {
        "seconds": perf_counter() - began,
        "processor": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss / 1024,
    }
    Path(report).write_text(json.dumps(cost))


if __name__ == "__main__":
    main()
