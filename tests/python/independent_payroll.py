"""Payroll worked out a second time, in plain Python, and random companies to work it out for.

It shares no code with the project: the rules are written here from the law and the house rules, one employee
and one payday after another, with exact fractions, and the figures of the tables stand here again. `Company`
holds what HR and the clocks know; `write` lands it, `calculate` says what each payslip must be.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

CENT = Decimal("0.01")
DAY = timedelta(days=1)
FOREVER = date(9999, 1, 1)
LONGEST_SHIFT = timedelta(hours=16)
PAIRING = timedelta(hours=32)
DOUBLE_PUNCH = timedelta(minutes=3)
PERIODS = {"weekly": 52, "biweekly": 26, "semimonthly": 24, "monthly": 12}
# Over, tax at it, rate; the year's amounts. Worksheet 1A of Publication 15-T 2026.
RATES = ("0", "0.10", "0.12", "0.22", "0.24", "0.32", "0.35", "0.37")
FEDERAL = {
    (
        "single",
        False,
    ): "0:0 7500:0 19900:1240 57900:5800 113200:17966 209275:41024 263725:58448 648100:192979.25",
    ("married_jointly", False): "0:0 19300:0 44100:2480 120100:11600 230700:35932 422850:82048 531750:116896 "
    "788000:206583.50",
    ("head_of_household", False): "0:0 15550:0 33250:1770 83000:7740 121250:16155 217300:39207 271750:56631 "
    "656150:191171",
    ("single", True): "0:0 8050:0 14250:620 33250:2900 60900:8983 108938:20512 136163:29224 328350:96489.63",
    ("married_jointly", True): "0:0 16100:0 28500:1240 66500:5800 121800:17966 217875:41024 272325:58448 "
    "400450:103291.75",
    (
        "head_of_household",
        True,
    ): "0:0 12075:0 20925:885 45800:3870 64925:8077.50 112950:19603.50 140175:28315.50 332375:95585.50",
}
VIRGINIA = ((0, "0.02"), (3000, "0.03"), (5000, "0.05"), (17000, "0.0575"))
# Over, tax at it, rate; from the last three on the rate is of all wages.
NEW_YORK_LOW = ((0, 0, "0.039"), (8500, 332, "0.044"), (11700, 472, "0.0515"), (13900, 586, "0.054"))
NEW_YORK = (
    *((80650, 4190, "0.059"), (96800, 5143, "0.0703"), (107650, 5906, "0.0753"), (157650, 9673, "0.064")),
    *((215400, 13369, "0.1144"), (265400, 19091, "0.0735")),
    *((1077550, None, "0.1045"), (5000000, None, "0.111"), (25000000, None, "0.117")),
)
NEW_YORK_JOINTLY = (
    *((80650, 4190, "0.059"), (96800, 5143, "0.0657"), (107650, 5855, "0.0707"), (157650, 9388, "0.0801")),
    *((211550, 13708, "0.064"), (323200, 20854, "0.1349"), (373200, 27600, "0.0735")),
    *((1077550, 79369, "0.0765"), (2155350, None, "0.1045")),
    *((5000000, None, "0.111"), (25000000, None, "0.117")),
)
UNEMPLOYMENT = {
    "TX": (9000, "0.027"),
    "IL": (14250, "0.0335"),
    "VA": (8000, "0.025"),
    "NY": (17600, "0.041"),
    "PA": (10000, "0.03822"),
}
# By year; 29 USC 206 where a state has less or none.
MINIMUM_WAGES = {
    "NY": {2025: "15.50", 2026: "16"},
    "IL": {2025: "15", 2026: "15"},
    "VA": {2025: "12.41", 2026: "12.77"},
}
# What employees owe a state: up to what wages of a year, at which rate, at most so much a week.
STATE_CONTRIBUTIONS = (
    ("PA", "PAUC", None, "0.0007", None),
    ("NY", "NYDBL", None, "0.005", "0.60"),
    ("NY", "NYPFL", "95348.76", "0.00432", None),
)
SUPPLEMENTAL = {"BONUS", "GIFT", "COMM"}
IN_REGULAR_RATE = {"BONUS", "COMM"}
EARNINGS = {"BONUS", "GIFT", "COMM", "CORR", "VAC", "SICK", "HOL"}
STEP_ITEMS = {
    "section_125": ("MED125",),
    "retirement": ("K401",),
    "garnishment": ("GARN",),
    "posttax": ("UNION", "ROTH", "LOAN"),
}


@dataclass
class Group:
    """A pay group. workweek_starts_on: 1 is Monday."""

    pay_group: str
    frequency: str
    time_zone: str
    workweek_starts_on: int

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(ZoneInfo(self.time_zone))

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), ZoneInfo(self.time_zone)).astimezone(UTC)


@dataclass
class Period:
    """A pay period; ends_on is its last day."""

    pay_period_id: str
    pay_group: str
    starts_on: date
    ends_on: date
    paid_on: date

    def weekdays(self, start: date, before: date) -> int:
        start, before = max(start, self.starts_on), min(before, self.ends_on + DAY)
        return sum((start + n * DAY).weekday() < 5 for n in range((before - start).days))


@dataclass
class Company:
    """What HR and the clocks deliver. Rows are dictionaries with the columns of the landing zone."""

    groups: list[Group] = field(default_factory=list)
    periods: list[Period] = field(default_factory=list)
    employees: list[dict] = field(default_factory=list)
    badges: list[dict] = field(default_factory=list)
    rates: list[dict] = field(default_factory=list)
    elections: list[dict] = field(default_factory=list)
    recurring: list[dict] = field(default_factory=list)
    one_time: list[dict] = field(default_factory=list)
    leave: list[dict] = field(default_factory=list)
    punches: list[dict] = field(default_factory=list)


@dataclass
class Payslip:
    """The result for one employee and period; amounts by pay item, signed as on the payslip."""

    is_blocked: bool = False
    amounts: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    limits: dict[str, Decimal] = field(default_factory=dict)

    @property
    def gross(self) -> Decimal:
        return sum((v for k, v in self.amounts.items() if k in EARNINGS | {"REG", "OT", "SAL"}), Decimal())

    @property
    def net(self) -> Decimal:
        employer = {"SS_ER", "MEDI_ER", "FUTA", "SUTA"}
        return sum((v for k, v in self.amounts.items() if k not in employer), Decimal())


def cents(value: Fraction | Decimal | int, method: str = ROUND_HALF_UP) -> Decimal:
    """Rounded to the cent, exactly: a fraction is compared as a fraction."""
    value = Fraction(value)
    whole, rest = divmod(abs(value) * 100, 1)
    up = method == ROUND_HALF_UP and rest >= Fraction(1, 2)
    return (Decimal(int(whole) + up) * CENT).copy_sign(Decimal(-1 if value < 0 else 1)) + Decimal("0.00")


def versions(rows: list[dict], day: date) -> dict | None:
    """Of the rows of one key, the latest in force on a day."""
    known = [row for row in rows if row["effective_on"] <= day]
    return max(known, key=lambda row: row["effective_on"]) if known else None


def brackets_of(state: str, status: str, step_2: bool) -> list[tuple[Fraction, Fraction, Fraction]]:
    """Over, tax at it, rate."""
    if state == "US":
        pairs = [pair.split(":") for pair in FEDERAL[status, step_2].split()]
        return [
            (Fraction(over), Fraction(base), Fraction(rate))
            for (over, base), rate in zip(pairs, RATES, strict=True)
        ]
    if state in ("IL", "PA"):
        return [(Fraction(0), Fraction(0), Fraction("0.0495" if state == "IL" else "0.0307"))]
    if state == "NY":
        rows = NEW_YORK_LOW + (NEW_YORK_JOINTLY if status == "married_jointly" else NEW_YORK)
        return [
            (Fraction(over), over * Fraction(rate) if base is None else Fraction(base), Fraction(rate))
            for over, base, rate in rows
        ]
    result, base = [], Fraction(0)
    for number, (over, rate) in enumerate(VIRGINIA):
        if number:
            base += (over - VIRGINIA[number - 1][0]) * Fraction(VIRGINIA[number - 1][1])
        result.append((Fraction(over), base, Fraction(rate)))
    return result


def income_tax(jurisdiction: str, wages: Decimal, periods: int, election: dict) -> Decimal:
    """Worksheet 1A, or the same shape for a state; what is withheld from the regular wages of one period."""
    status, step_2 = election["filing_status"], election["is_step_2_checked"]
    deduction, allowance = {
        "US": (0 if step_2 else 12900 if status == "married_jointly" else 8600, 0),
        "IL": (0, 2925),
        "PA": (0, 0),
        "VA": (8750, 930),
        "NY": (7950 if status == "married_jointly" else 7400, 1000),
    }[jurisdiction]
    annual = Fraction(wages) * periods + Fraction(election["other_income_amount"])
    annual -= Fraction(election["deductions_amount"]) + deduction + election["allowances"] * allowance
    annual = max(annual, Fraction(0))
    over, base, rate = [row for row in brackets_of(jurisdiction, status, step_2) if row[0] <= annual][-1]
    tax = max(base + rate * (annual - over) - Fraction(election["dependents_amount"]), Fraction(0))
    return cents(tax / periods + Fraction(election["extra_withholding_amount"]))


class Calculator:
    """Works out every payslip of a company."""

    def __init__(self, company: Company) -> None:
        self.company = company
        self.groups = {group.pay_group: group for group in company.groups}
        self.people = defaultdict(list)
        for row in company.employees:
            self.people[row["employee_id"]].append(row)
        self.questions: dict[tuple[str, int], str] = {}
        self.double_count = 0

    def group_on(self, employee_id: str, day: date) -> Group | None:
        row = versions(self.people[employee_id], day)
        return self.groups[row["pay_group"]] if row else None

    def period_on(self, group: Group, day: date) -> Period | None:
        found = [
            p
            for p in self.company.periods
            if p.pay_group == group.pay_group and p.starts_on <= day <= p.ends_on
        ]
        return found[0] if found else None

    def rate_on(self, employee_id: str, job: str, day: date) -> dict | None:
        rows = [r for r in self.company.rates if (r["employee_id"], r["job_code"]) == (employee_id, job)]
        return versions(rows, day)

    # Punches

    def holder(self, punch: dict) -> tuple[str, str, Group] | None:
        """Employee, main job and pay group of a badge. An out may follow the last day by one shift."""
        at = punch["punched_at"]
        spans = []
        for badge in self.company.badges:
            if badge["badge"] != punch["badge"]:
                continue
            for row in self.people[badge["employee_id"]]:
                later = [
                    r["effective_on"]
                    for r in self.people[badge["employee_id"]]
                    if r["effective_on"] > row["effective_on"]
                ]
                start = max(badge["effective_on"], row["effective_on"], row["hired_on"])
                before = min(
                    badge["ended_on"] or FOREVER,
                    min(later, default=FOREVER),
                    row["left_on"] + DAY if row["left_on"] else FOREVER,
                )
                if start < before:
                    group = self.groups[row["pay_group"]]
                    last = group.midnight(before) if before != FOREVER else None
                    spans.append((group.midnight(start), last, badge["employee_id"], row["job_code"], group))
        spans = sorted((span for span in spans if span[0] <= at), key=lambda span: span[0])
        if not spans:
            return None
        _, last, employee_id, job, group = spans[-1]
        grace = LONGEST_SHIFT if punch["direction"] == "out" else timedelta()
        return (employee_id, job, group) if last is None or at < last + grace else None

    def shifts(self) -> list[tuple[str, str, Group, datetime, datetime]]:
        delivered = defaultdict(list)
        for punch in self.company.punches:
            delivered[punch["device_id"], punch["sequence"]].append(punch)
        by_person = defaultdict(list)
        for key, copies in delivered.items():
            holder = self.holder(copies[0])
            if any(copy != copies[0] for copy in copies):
                self.questions[key] = "conflicting_resend"
            elif holder is None:
                self.questions[key] = "unknown_badge"
            else:
                punch = copies[0]
                employee_id, job, group = holder
                by_person[employee_id].append(
                    (punch["punched_at"], punch["direction"] == "in", key, punch["job_code"] or job, group)
                )
        result = []
        for employee_id, punches in by_person.items():
            result += self._pair(employee_id, sorted(punches, key=lambda p: (p[0], p[1], p[2])))
        return result

    def _pair(self, employee_id: str, punches: list[tuple]) -> list[tuple]:
        kept = []
        for number, punch in enumerate(punches):
            before = punches[number - 1] if number else None
            is_double = (
                before is not None
                and before[1] == punch[1]
                and punch[0] - before[0] <= DOUBLE_PUNCH
                and (not punch[1] or before[3] == punch[3])
            )
            if is_double:
                self.double_count += 1
            else:
                kept.append(punch)
        unclear = set()
        for first in range(len(kept) - 3):
            four = kept[first : first + 4]
            if [p[1] for p in four] == [True, True, False, False] and four[3][0] - four[0][
                0
            ] <= LONGEST_SHIFT:
                unclear |= {p[2] for p in four}
                self.questions |= {p[2]: "overlap" for p in four}
        result, opened = [], None
        for punch in [*kept, None]:
            is_near = punch is not None and opened is not None and punch[0] - opened[0] <= PAIRING
            if is_near and not punch[1]:
                if punch[2] in unclear or opened[2] in unclear:
                    pass
                elif punch[0] - opened[0] <= LONGEST_SHIFT:
                    result.append((employee_id, opened[3], opened[4], opened[0], punch[0]))
                else:
                    self.questions |= {opened[2]: "shift_too_long", punch[2]: "shift_too_long"}
                opened = None
                continue
            if opened is not None and opened[2] not in unclear:
                self.questions[opened[2]] = "missing_out"
            opened = None
            if punch is not None and punch[1]:
                opened = punch
            elif punch is not None and punch[2] not in unclear:
                self.questions[punch[2]] = "missing_in"
        return result

    def worked(self) -> dict[tuple[str, date, str], int]:
        """Seconds by employee, local day and job."""
        seconds: dict[tuple[str, date, str], int] = defaultdict(int)
        for employee_id, job, group, start, end in self.shifts():
            day = group.local(start).date()
            while start < end:
                until = min(end, group.midnight(day + DAY))
                seconds[employee_id, day, job] += int((until - start).total_seconds())
                start, day = until, day + DAY
        return seconds

    # Payslips

    def other_state(self, period: Period, employee_id: str, state: str) -> tuple[str | None, Fraction]:
        """The one other state in which work of the period was done, and its part of hours, or of weekdays."""
        people = self.people[employee_id]
        hours: dict[str, Fraction] = defaultdict(Fraction)
        weekdays: dict[str, Fraction] = defaultdict(Fraction)
        for day, seconds in self.seconds[employee_id].items():
            if self.period_on(self.group_on(employee_id, day), day) == period:
                hours[versions(people, day)["work_state"]] += seconds
        for number in range((period.ends_on - period.starts_on).days + 1):
            day = period.starts_on + number * DAY
            row = versions(people, day)
            is_paid = row and row["pay_group"] == period.pay_group
            if is_paid and day.weekday() < 5 and row["hired_on"] <= day <= (row["left_on"] or FOREVER):
                weekdays[row["work_state"]] += 1
        parts = hours if sum(hours.values()) else weekdays
        others = [other for other, part in parts.items() if other != state and part]
        if len(others) != 1:
            return None, Fraction(0)
        share = 100 * parts[others[0]] / sum(parts.values())
        return others[0], Fraction(cents(share * 1000)) / 100_000  # a percentage with five decimals

    def calculate(self) -> dict[tuple[str, str], Payslip]:
        self.seconds: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
        earned: dict[tuple[str, str], list[tuple[str, Fraction]]] = defaultdict(list)
        blocked: set[tuple[str, str]] = set()
        weeks = defaultdict(list)
        periods = {period.pay_period_id: period for period in self.company.periods}
        for (employee_id, day, job), seconds in self.worked().items():
            self.seconds[employee_id][day] += seconds
            group, rate = self.group_on(employee_id, day), self.rate_on(employee_id, job, day)
            period = self.period_on(group, day)
            back = (day.isoweekday() - group.workweek_starts_on) % 7
            row = versions(self.people[employee_id], day)
            least = MINIMUM_WAGES.get(row["work_state"] if row else None, {}).get(day.year, "7.25")
            weeks[employee_id, day - back * DAY].append((seconds, rate, Fraction(least)))
            if period is None:
                continue
            key = (period.pay_period_id, employee_id)
            earned[key] += []
            if rate is None:
                blocked.add(key)
            elif rate["rate_kind"] == "hourly":
                earned[key].append(("REG", Fraction(seconds, 3600) * Fraction(rate["rate"])))
        overtime_weeks = []
        for (employee_id, start), days in weeks.items():
            group = self.group_on(employee_id, start + 6 * DAY)
            period = self.period_on(group, start + 6 * DAY)
            if period is None:
                continue
            key = (period.pay_period_id, employee_id)
            if any(rate is None for _, rate, _ in days):
                blocked.add(key)
            # 29 CFR 531.60: what tips have to pay up to the minimum wage is in the regular rate.
            credit = sum(
                Fraction(s, 3600) * max(least - Fraction(r["rate"]), Fraction(0))
                for s, r, least in days
                if r and r["is_overtime_eligible"] and r["rate_kind"] == "hourly"
            )
            days = [(Fraction(s, 3600), r) for s, r, _ in days if r and r["is_overtime_eligible"]]
            hours = sum((h for h, _ in days), Fraction(0))
            overtime = max(hours - 40, Fraction(0))
            if not overtime:
                continue
            overtime_weeks.append((key, start + 6 * DAY, overtime / hours, credit))
            per_hour = [
                (h, Fraction(r["rate"]) / (2080 if r["rate_kind"] == "salary" else 1), r["rate_kind"])
                for h, r in days
            ]
            regular_rate = sum(h * r for h, r, _ in per_hour) / hours
            salaried = [(h, r) for h, r, kind in per_hour if kind == "salary"]
            salaried_hours = sum((h for h, _ in salaried), Fraction(0))
            pay = overtime * regular_rate / 2
            if salaried_hours > 40:
                pay += (salaried_hours - 40) * sum(h * r for h, r in salaried) / salaried_hours
            earned[key].append(("OT", pay))
        self._salaries(earned, blocked)
        self._leave(earned, blocked)
        for item in self.company.one_time:
            key = (item["pay_period_id"], item["employee_id"])
            earned[key] += [(item["pay_item_code"], Fraction(item["amount"]))] * (
                item["pay_item_code"] in EARNINGS
            )
        for period_id, employee_id in list(earned):
            for item in self._recurring(employee_id, periods[period_id].ends_on):
                if item["pay_item_code"] in EARNINGS:
                    earned[period_id, employee_id].append((item["pay_item_code"], Fraction(item["value"])))
        bonuses = defaultdict(list)
        for (period_id, employee_id), own in earned.items():
            # Each week that ends in the period earned an equal part of the bonus, in whichever pay group.
            period = periods[period_id]
            last_day = (self.groups[period.pay_group].workweek_starts_on + 5) % 7 + 1
            days = [period.starts_on + n * DAY for n in range((period.ends_on - period.starts_on).days + 1)]
            weeks_in_period = sum(day.isoweekday() == last_day for day in days)
            bonus = sum(amount for code, amount in own if code in IN_REGULAR_RATE)
            if bonus and weeks_in_period:
                bonuses[employee_id].append((period, bonus / weeks_in_period))
        for key, last_on, share, credit in overtime_weeks:
            for period, part in bonuses[key[1]]:
                if period.starts_on <= last_on <= period.ends_on:
                    earned[period.pay_period_id, key[1]].append(("OT", part * share / 2))
                    credit -= max(part, Fraction(0))
            earned[key].append(("OT", max(credit, Fraction(0)) * share / 2))
        result: dict[tuple[str, str], Payslip] = {}
        by_person = defaultdict(list)
        for period_id, employee_id in earned:
            by_person[employee_id].append(periods[period_id])
        for employee_id, own in by_person.items():
            year = _Year(self, employee_id)
            for period in sorted(own, key=lambda p: (p.paid_on, p.pay_period_id)):
                key = (period.pay_period_id, employee_id)
                result[key] = Payslip(True) if key in blocked else year.payslip(period, earned[key])
        return result

    def _recurring(self, employee_id: str, day: date) -> list[dict]:
        rows = defaultdict(list)
        for row in self.company.recurring:
            if row["employee_id"] == employee_id:
                rows[row["pay_item_code"]].append(row)
        found = [versions(own, day) for own in rows.values()]
        return [row for row in found if row and day < (row["ended_on"] or FOREVER)]

    def _salaries(self, earned: dict, blocked: set) -> None:
        for employee_id, rows in self.people.items():
            rows = sorted(rows, key=lambda row: row["effective_on"])
            for row, following in zip(rows, [*rows[1:], None], strict=True):
                start = max(row["effective_on"], row["hired_on"])
                before = following["effective_on"] if following else FOREVER
                if row["left_on"]:
                    before = min(before, row["left_on"] + DAY)
                for period in self.company.periods:
                    if period.pay_group != row["pay_group"]:
                        continue
                    first, last = max(start, period.starts_on), min(before, period.ends_on + DAY)
                    if first >= last:
                        continue
                    key = (period.pay_period_id, employee_id)
                    earned[key] += []
                    whole = period.weekdays(period.starts_on, period.ends_on + DAY)
                    periods = PERIODS[self.groups[period.pay_group].frequency]
                    for number in range((last - first).days):
                        day = first + number * DAY
                        if day.weekday() >= 5:
                            continue
                        rate = self.rate_on(employee_id, row["job_code"], day)
                        if rate is None:
                            blocked.add(key)
                        elif rate["rate_kind"] == "salary":
                            earned[key].append(("SAL", Fraction(rate["rate"]) / periods / whole))

    def _leave(self, earned: dict, blocked: set) -> None:
        for item in self.company.leave:
            employee_id, day = item["employee_id"], item["leave_on"]
            row = versions(self.people[employee_id], day)
            period = self.period_on(self.groups[row["pay_group"]], day) if row else None
            if period is None:
                continue
            key = (period.pay_period_id, employee_id)
            earned[key] += []
            rate = self.rate_on(employee_id, row["job_code"], day)
            if rate is None:
                blocked.add(key)
            elif rate["rate_kind"] == "hourly":
                earned[key].append((item["pay_item_code"], Fraction(item["hours"]) * Fraction(rate["rate"])))


class _Year:
    """One employee's paydays in order, with what was paid and taken so far."""

    def __init__(self, calculator: Calculator, employee_id: str) -> None:
        self.calculator, self.company, self.employee_id = calculator, calculator.company, employee_id
        self.wages: dict[tuple, Decimal] = defaultdict(Decimal)
        self.taken: dict[tuple, Decimal] = defaultdict(Decimal)

    def election(self, jurisdiction: str, day: date) -> dict | None:
        rows = [
            row
            for row in self.company.elections
            if (row["employee_id"], row["jurisdiction"]) == (self.employee_id, jurisdiction)
        ]
        return versions(rows, day)

    def payslip(self, period: Period, earned: list[tuple[str, Fraction]]) -> Payslip:
        row = versions(self.calculator.people[self.employee_id], period.ends_on)
        state = row["work_state"] if row else None
        federal = self.election("US", period.paid_on)
        total = cents(sum((amount for _, amount in earned), Fraction(0)))
        if row is None or federal is None or total < 0:
            return Payslip(True)
        other, part = self.calculator.other_state(period, self.employee_id, state)
        states = [each for each in (state, other) if each]
        local = {each: self.election(each, period.paid_on) for each in states}
        if any(each not in UNEMPLOYMENT or (each != "TX" and local[each] is None) for each in states):
            return Payslip(True)

        def part_of(wages: Decimal, each: str) -> Decimal:
            """Of wages in all, what a state taxes: the other one its part in cents, the last one the rest."""
            elsewhere = cents(Fraction(wages) * part)
            return elsewhere if each == other else wages - elsewhere

        slip = Payslip()
        slip.amounts["GROSS"] = Decimal()
        items: dict[str, Fraction] = defaultdict(Fraction)
        for code, amount in earned:
            items[code] += amount
        # Cents of the parts follow the order of the payslip, so that they add up to the whole.
        order = ["SAL", "REG", "OT", "HOL", "VAC", "SICK", "BONUS", "GIFT", "COMM", "CORR"]
        exact, before = Fraction(0), Decimal()
        for code in order:
            if code in items:
                exact += items[code]
                slip.amounts[code], before = cents(exact) - before, cents(exact)
        del slip.amounts["GROSS"]
        year = period.paid_on.year
        periods = PERIODS[self.calculator.groups[period.pay_group].frequency]
        supplemental = sum((slip.amounts[c] for c in SUPPLEMENTAL if c in slip.amounts), Decimal())
        left = total - self._deduct(slip, period, "section_125", total, total)
        self._contributions(slip, year, {each: part_of(left, each) for each in states}, left)
        self._state_contributions(slip, year, periods, {each: part_of(left, each) for each in states})
        codes = ("SS", "MEDI", "ADDMEDI", *(code for _, code, *_ in STATE_CONTRIBUTIONS))
        contributions = -sum(slip.amounts.get(code, Decimal()) for code in codes)
        left -= contributions
        left -= self._deduct(slip, period, "retirement", left, total)
        pretax = -sum(slip.amounts.get(c, Decimal()) for c in ("MED125", "K401"))
        regular = total - supplemental - pretax
        bonus = max(supplemental + min(regular, Decimal()), Decimal())
        taxes = []
        if not federal["is_exempt"] and regular > 0:
            taxes.append(("FIT", income_tax("US", regular, periods, federal)))
        before = self.wages[year, "supplemental"]
        self.wages[year, "supplemental"] += bonus
        above = max(before + bonus - 1_000_000, Decimal()) - max(before - 1_000_000, Decimal())
        if not federal["is_exempt"]:
            taxes.append(("FIT", cents(Fraction(bonus - above) * Fraction("0.22"))))
        taxes.append(("FIT", cents(Fraction(above) * Fraction("0.37"))))
        for each in states:
            # Pennsylvania taxes 401(k) deferrals.
            taxed_pretax = -slip.amounts.get("MED125", Decimal()) if each == "PA" else pretax
            state_wages = max(part_of(total - taxed_pretax, each), Decimal())
            if each != "TX" and not local[each]["is_exempt"] and state_wages > 0:
                taxes.append(("SIT", income_tax(each, state_wages, periods, local[each])))
        for code, tax in taxes:
            taken = min(tax, left)
            slip.amounts[code] -= taken
            left -= taken
        disposable = total - contributions + slip.amounts.get("FIT", 0) + slip.amounts.get("SIT", 0)
        free = Fraction(30) * Fraction("7.25") * 52 / periods
        limit = cents(
            min(Fraction(disposable) / 4, max(Fraction(disposable) - free, Fraction(0))), ROUND_FLOOR
        )
        slip.limits["garnishment"] = limit
        left -= self._deduct(slip, period, "garnishment", min(left, limit), disposable)
        self._deduct(slip, period, "posttax", left, total)
        return slip

    def _deduct(self, slip: Payslip, period: Period, step: str, left: Decimal, basis: Decimal) -> Decimal:
        """Take the deductions of a step in order; each is cut at what is left and at its limits to date."""
        year, before = period.paid_on.year, left
        current = {
            row["pay_item_code"]: row for row in self.calculator._recurring(self.employee_id, period.ends_on)
        }
        for code in STEP_ITEMS[step]:
            once = [
                item
                for item in self.company.one_time
                if (item["pay_period_id"], item["employee_id"], item["pay_item_code"])
                == (period.pay_period_id, self.employee_id, code)
            ]
            row = current.get(code)
            if row is None and not once:
                continue
            asked = -sum((item["amount"] for item in once), Decimal())
            limits = [Decimal(24500) - self.taken[code, year]] if code in ("K401", "ROTH") else []
            if row is not None:
                asked += (
                    row["value"]
                    if row["calculation"] == "amount"
                    else cents(Fraction(basis) * Fraction(row["value"]) / 100)
                )
                if row["yearly_limit"] is not None:
                    limits.append(row["yearly_limit"] - self.taken[code, year])
                if row["total_limit"] is not None:
                    limits.append(row["total_limit"] - self.taken[code, None])
            taken = asked
            if asked > 0:
                taken = max(min(asked, left, *limits), Decimal())
            slip.amounts[code] -= taken
            left -= taken
            self.taken[code, year] += taken
            self.taken[code, None] += taken
        return before - left

    def _contributions(self, slip: Payslip, year: int, parts: dict[str, Decimal], wages: Decimal) -> None:
        """parts: of the wages, what each state's unemployment tax is of."""
        taxes = (
            ("SS", "SS", 0, 184_500, "0.062", -1),
            ("MEDI", "MEDI", 0, None, "0.0145", -1),
            ("ADDMEDI", "MEDI", 200_000, None, "0.009", -1),
            ("SS_ER", "SS", 0, 184_500, "0.062", 1),
            ("MEDI_ER", "MEDI", 0, None, "0.0145", 1),
            ("FUTA", "FUTA", 0, 7_000, "0.006", 1),
            *(("SUTA", state, 0, *UNEMPLOYMENT[state], 1) for state in parts),
        )
        taxed = {base: max(wages, Decimal()) for base in ("SS", "MEDI", "FUTA")}
        taxed |= {state: max(part, Decimal()) for state, part in parts.items()}
        for code, base, over, up_to, percent, sign in taxes:
            before = self.wages[year, base]
            after = before + taxed[base]

            def between(amount: Decimal, over: int = over, up_to: int | None = up_to) -> Decimal:
                return max((amount if up_to is None else min(amount, Decimal(up_to))) - over, Decimal())

            tax = cents(Fraction(between(after) - between(before)) * Fraction(percent))
            slip.amounts[code] += sign * tax
        for base, amount in taxed.items():
            self.wages[year, base] += amount

    def _state_contributions(self, slip: Payslip, year: int, periods: int, parts: dict[str, Decimal]) -> None:
        """parts: of the wages, what is of each state."""
        for state, code, up_to, percent, weekly in STATE_CONTRIBUTIONS:
            if state not in parts:
                continue
            limit = Decimal(up_to or "Infinity")
            before = self.wages[year, code]
            after = before + max(parts[state], Decimal())
            tax = cents(Fraction(min(after, limit) - min(before, limit)) * Fraction(percent))
            slip.amounts[code] -= tax if weekly is None else min(tax, cents(Fraction(weekly) * 52 / periods))
            self.wages[year, code] = after


def calculate(company: Company) -> dict[tuple[str, str], Payslip]:
    """The payslip of each pay period id and employee id."""
    return Calculator(company).calculate()


# Random companies


def random_company(seed: int, size: int) -> Company:
    """A company of `size` employees over the first quarter of 2026, with what goes wrong in one."""
    return _Maker(seed, size).company


class _Maker:
    def __init__(self, seed: int, size: int) -> None:
        self.random = Random(seed)
        self.company = Company()
        self._sequences: dict[str, int] = defaultdict(int)
        self._calendars()
        for number in range(1, size + 1):
            self._employee(f"E{number:04d}")
        self._redeliver()
        self.random.shuffle(self.company.punches)

    def money(self, least: int, most: int) -> Decimal:
        return Decimal(self.random.randrange(least * 100, most * 100)) * CENT

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def _calendars(self) -> None:
        self.company.groups = [
            Group("WK", "weekly", "America/New_York", 1),
            Group("BI", "biweekly", "America/Chicago", 7),
            Group("SM", "semimonthly", "America/New_York", 1),
            Group("MO", "monthly", "America/Denver", 4),
        ]
        spans = []
        day = date(2025, 12, 29)
        spans += [("WK", day + 7 * n * DAY, day + (7 * n + 6) * DAY) for n in range(13)]
        day = date(2025, 12, 28)
        spans += [("BI", day + 14 * n * DAY, day + (14 * n + 13) * DAY) for n in range(7)]
        for month in (1, 2, 3):
            last = date(2026, month + 1, 1) - DAY
            spans += [
                ("SM", date(2026, month, 1), date(2026, month, 15)),
                ("SM", date(2026, month, 16), last),
            ]
            spans.append(("MO", date(2026, month, 1), last))
        numbers: dict[str, int] = defaultdict(int)
        for group, start, end in spans:
            numbers[group] += 1
            self.company.periods.append(
                Period(f"{group}-2026-{numbers[group]:02d}", group, start, end, end + 5 * DAY)
            )

    def _employee(self, employee_id: str) -> None:
        random, company = self.random, self.company
        group = random.choice(company.groups)
        hired_on = date(2026, 1, 1) + random.randrange(60) * DAY if self.chance(0.25) else date(2025, 6, 2)
        left_on = hired_on + random.randrange(20, 60) * DAY if self.chance(0.15) else None
        if left_on and left_on < date(2026, 1, 2):
            left_on = date(2026, 2, 11)
        jobs = random.sample(["ASM", "PAINT", "PACK"], 2)
        row = {
            "employee_id": employee_id,
            "effective_on": date(2025, 6, 2),
            "name": f"Person {employee_id}",
            "tax_id": f"900-00-{employee_id[1:]}",
            "department": random.choice(["Plant", "Office"]),
            "pay_group": group.pay_group,
            "work_state": random.choice(["TX", "IL", "VA", "NY", "PA"]),
            "hired_on": hired_on,
            "left_on": left_on,
            "job_code": jobs[0],
        }
        company.employees.append(row)
        if self.chance(0.2):
            moved = row | {"effective_on": date(2026, 1, 20) + random.randrange(50) * DAY}
            moved["work_state"] = random.choice(["TX", "IL", "VA", "NY", "PA"])
            if self.chance(0.4):
                moved["pay_group"] = random.choice(company.groups).pay_group
            company.employees.append(moved)
        company.badges.append(
            {
                "badge": f"B{employee_id}",
                "employee_id": employee_id,
                "effective_on": date(2025, 6, 2),
                "ended_on": None,
            }
        )
        kind = random.choice(["hourly", "hourly", "hourly", "salary", "salary_eligible"])
        self._rates(employee_id, kind, jobs)
        self._elections(employee_id)
        self._items(employee_id, group)
        if kind != "salary" or self.chance(0.3):
            self._punches(employee_id, group, jobs, kind)
        if self.chance(0.4):
            for _ in range(random.randint(1, 3)):
                company.leave.append(
                    {
                        "employee_id": employee_id,
                        "leave_on": date(2026, 1, 1) + len(company.leave) % 80 * DAY,
                        "pay_item_code": random.choice(["VAC", "SICK", "HOL"]),
                        "hours": random.choice([Decimal("8"), Decimal("4"), Decimal("7.75")]),
                    }
                )

    def _rates(self, employee_id: str, kind: str, jobs: list[str]) -> None:
        is_salary = kind != "hourly"
        for job in jobs:
            if job == jobs[1] and self.chance(0.1):
                continue
            # A few are paid so much that every limit is reached in the quarter.
            rate = (
                self.money(30_000, 4_000_000 if self.chance(0.2) else 150_000)
                if is_salary
                else self.money(10, 90)
            )
            row = {
                "employee_id": employee_id,
                "job_code": job,
                "effective_on": date(2025, 6, 2),
                "rate_kind": "salary" if is_salary else "hourly",
                "rate": rate,
                "is_overtime_eligible": kind != "salary",
            }
            if job == jobs[1] and is_salary and self.chance(0.5):
                row |= {"rate_kind": "hourly", "rate": self.money(12, 40), "is_overtime_eligible": True}
            if row["rate_kind"] == "hourly" and self.chance(0.15):
                row["rate"] = self.money(2, 7)
            if self.chance(0.02):
                row["effective_on"] = date(2026, 2, 3)
            self.company.rates.append(row)
            if self.chance(0.3):
                later = date(2026, 1, 5) + self.random.randrange(80) * DAY
                raised = row | {"effective_on": later, "rate": row["rate"] + self.money(1, 9)}
                if later > row["effective_on"]:
                    self.company.rates.append(raised)

    def _elections(self, employee_id: str) -> None:
        random = self.random
        for jurisdiction in ("US", "IL", "VA", "NY", "PA"):
            if self.chance(0.02):
                continue
            row = {
                "employee_id": employee_id,
                "jurisdiction": jurisdiction,
                "effective_on": date(2025, 6, 2),
                "filing_status": random.choice(["single", "married_jointly", "head_of_household"]),
                "is_step_2_checked": jurisdiction == "US" and self.chance(0.3),
                "dependents_amount": Decimal(random.choice([0, 0, 2200, 4400]))
                if jurisdiction == "US"
                else Decimal(0),
                "other_income_amount": Decimal(random.choice([0, 0, 5000]))
                if jurisdiction == "US"
                else Decimal(0),
                "deductions_amount": Decimal(random.choice([0, 0, 3000]))
                if jurisdiction == "US"
                else Decimal(0),
                "extra_withholding_amount": Decimal(random.choice([0, 0, 0, 25, 400])),
                "allowances": 0 if jurisdiction == "US" else random.randrange(3),
                "is_exempt": self.chance(0.05),
            }
            self.company.elections.append(row)
            if self.chance(0.2):
                self.company.elections.append(
                    row | {"effective_on": date(2026, 2, 10), "filing_status": "single", "is_exempt": False}
                )

    def _items(self, employee_id: str, group: Group) -> None:
        random = self.random

        def recurring(code: str, calculation: str, value: Decimal, **rest: object) -> None:
            self.company.recurring.append(
                {
                    "employee_id": employee_id,
                    "pay_item_code": code,
                    "effective_on": date(2025, 6, 2),
                    "ended_on": None,
                    "calculation": calculation,
                    "value": value,
                    "yearly_limit": None,
                    "total_limit": None,
                }
                | rest
            )

        if self.chance(0.4):
            recurring("MED125", "amount", self.money(20, 400))
        if self.chance(0.4):
            value = Decimal(random.choice(["3", "6", "12.5", "40"]))
            recurring("K401", "percentage", value, yearly_limit=random.choice([None, None, Decimal(3000)]))
        if self.chance(0.25):
            percent = self.chance(0.5)
            recurring(
                "GARN",
                "percentage" if percent else "amount",
                Decimal(random.choice([10, 25, 60])) if percent else self.money(50, 900),
                total_limit=random.choice([None, self.money(200, 3000)]),
            )
        if self.chance(0.3):
            recurring("UNION", "percentage", Decimal("1.5"), yearly_limit=random.choice([None, Decimal(150)]))
        if self.chance(0.3):
            recurring(
                "LOAN",
                "amount",
                self.money(20, 2500),
                total_limit=random.choice([self.money(100, 6000), None]),
                yearly_limit=random.choice([None, None, self.money(100, 4000)]),
            )
        if self.chance(0.15):
            recurring("ROTH", "amount", self.money(20, 4000))
        if self.chance(0.1):
            ended = random.choice([None, date(2026, 2, 20)])
            recurring("COMM", "amount", self.money(20, 500), ended_on=ended)
        own = [p for p in self.company.periods if p.pay_group == group.pay_group]
        for code, share in (("BONUS", 0.3), ("GIFT", 0.1), ("CORR", 0.1), ("UNION", 0.05), ("LOAN", 0.05)):
            if not self.chance(share):
                continue
            big = code == "BONUS" and self.chance(0.15)
            amount = self.money(10, 1_600_000 if big else 3_000)
            if code in ("CORR", "LOAN"):
                amount *= random.choice([-1, 1]) if code == "LOAN" else random.choice([1, Decimal("-0.2")])
            if code == "UNION":
                amount = Decimal("5.00")
            self.company.one_time.append(
                {
                    "one_time_item_id": f"O{len(self.company.one_time) + 1:05d}",
                    "employee_id": employee_id,
                    "pay_period_id": random.choice(own).pay_period_id,
                    "pay_item_code": code,
                    "amount": amount.quantize(CENT),
                    "hours": None,
                    "reason": "as agreed",
                    "corrects_pay_period_id": None,
                }
            )

    def punch(self, employee_id: str, direction: str, at: datetime, job: str | None) -> None:
        device = self.random.choice(["D1", "D2"])
        self._sequences[device] += 1
        self.company.punches.append(
            {
                "device_id": device,
                "sequence": self._sequences[device],
                "badge": f"B{employee_id}",
                "direction": direction,
                "punched_at": at,
                "job_code": job,
            }
        )

    def _punches(self, employee_id: str, group: Group, jobs: list[str], kind: str) -> None:
        random = self.random
        is_night = self.chance(0.3)
        share = random.choice([0.3, 0.6, 0.9])
        for number in range(92):
            day = date(2025, 12, 29) + number * DAY
            if not self.chance(share) or (day.weekday() >= 5 and self.chance(0.6)):
                continue
            start = group.midnight(day) + timedelta(
                hours=21 if is_night else 7, seconds=random.randrange(7200)
            )
            job = random.choice([None, None, jobs[1]]) if kind == "hourly" or self.chance(0.1) else None
            lunch = start + timedelta(seconds=random.randrange(3 * 3600, 5 * 3600))
            back = lunch + timedelta(minutes=random.choice([0, 30, 31]))
            end = back + timedelta(seconds=random.randrange(2 * 3600, 7 * 3600))
            for direction, at, own_job in (
                ("in", start, job),
                ("out", lunch, None),
                ("in", back, random.choice([job, jobs[0]])),
                ("out", end, None),
            ):
                if self.chance(0.01):
                    continue
                self.punch(employee_id, direction, at, own_job)
                if self.chance(0.02):
                    self.punch(employee_id, direction, at + timedelta(seconds=random.randrange(240)), own_job)
            if self.chance(0.005):
                self.punch(f"{employee_id}X", "in", start, None)
            if self.chance(0.01):
                self.punch(employee_id, "in", start + timedelta(minutes=20), job)
                self.punch(employee_id, "out", lunch + timedelta(minutes=20), None)

    def _redeliver(self) -> None:
        for punch in list(self.company.punches):
            if self.chance(0.03):
                self.company.punches.append(dict(punch))
            if self.chance(0.001):
                self.company.punches.append(
                    punch | {"punched_at": punch["punched_at"] + timedelta(minutes=9)}
                )


# Landing


def write(company: Company, landing: Path, *, files: int = 1) -> None:
    """Land a company; its punches in so many files."""
    hr, punches = landing / "hr", landing / "punches"
    hr.mkdir(parents=True)
    punches.mkdir(parents=True)
    groups = [
        {
            "pay_group": g.pay_group,
            "frequency": g.frequency,
            "currency": "USD",
            "time_zone": g.time_zone,
            "workweek_starts_on": g.workweek_starts_on,
        }
        for g in company.groups
    ]
    periods = [vars(period) for period in company.periods]
    for name, rows in (
        ("employees", company.employees),
        ("badges", company.badges),
        ("pay_groups", groups),
        ("pay_periods", periods),
        ("pay_rates", company.rates),
        ("tax_elections", company.elections),
        ("recurring_items", company.recurring),
        ("one_time_items", company.one_time),
        ("leave", company.leave),
    ):
        if not rows:
            continue
        with (hr / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(rows[0])
            for row in rows:
                writer.writerow(
                    str(value).lower() if isinstance(value, bool) else value for value in row.values()
                )
    for number in range(files):
        text = "".join(
            json.dumps(punch | {"punched_at": punch["punched_at"].isoformat()}) + "\n"
            for punch in company.punches[number::files]
        )
        if text:
            (punches / f"clock-{number}.jsonl").write_text(text, encoding="utf-8")
