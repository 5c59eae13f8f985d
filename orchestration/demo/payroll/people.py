"""Who works for the demo company, in which group, where, and on which shifts. All invented.

Tax identifiers start with 000, which no social security number does, and routing numbers with 99, which no
bank has.
"""

from __future__ import annotations

import datetime
from typing import NamedTuple

from orchestration.demo.company import US_ROUTING_NUMBER


class PayGroup(NamedTuple):
    """A pay group, as HR writes it."""

    pay_group: str
    frequency: str
    currency: str
    time_zone: str
    workweek_starts_on: int


class Pattern(NamedTuple):
    """When someone works. weekdays: on which shifts start, 0 for Monday. Times are those of the wall clock.

    has_lunch: whether they punch out and in for half an hour in the middle.
    """

    weekdays: frozenset[int]
    starts_at: datetime.time
    ends_at: datetime.time
    has_lunch: bool = False

    @property
    def is_overnight(self) -> bool:
        """Whether shifts end on the day after."""
        return self.ends_at < self.starts_at


class Person(NamedTuple):
    """An employee. rate: in cents, per hour or, without a pattern, per year. clock: the device they use."""

    employee_id: str
    name: str
    department: str
    pay_group: str
    work_state: str
    job_code: str
    rate: int
    filing_status: str
    pattern: Pattern | None = None
    clock: str = ""

    @property
    def badge(self) -> str:
        """The badge that the employee starts with."""
        return f"B{int(self.employee_id[1:]) + 1000}"

    @property
    def tax_id(self) -> str:
        """An invented tax identifier."""
        number = int(self.employee_id[1:])
        return f"000-{number % 89 + 10:02d}-{number * 7 % 9000 + 1000:04d}"


PAY_GROUPS = (
    PayGroup("US-WEEKLY", "weekly", "USD", "America/Chicago", 1),
    PayGroup("US-BIWEEKLY", "biweekly", "USD", "America/New_York", 7),
    PayGroup("US-SEMIMONTHLY", "semimonthly", "USD", "America/New_York", 1),
    PayGroup("US-MONTHLY", "monthly", "USD", "America/New_York", 1),
)
GROUP_OF_NAME = {group.pay_group: group for group in PAY_GROUPS}

_WORKDAYS = frozenset(range(5))
_DAY = Pattern(_WORKDAYS, datetime.time(7), datetime.time(15, 30))
_DAY_WITH_LUNCH = _DAY._replace(has_lunch=True)
_LATE = Pattern(_WORKDAYS, datetime.time(14), datetime.time(22, 15))
_NIGHT = Pattern(_WORKDAYS, datetime.time(22), datetime.time(6, 30))
# Tuesday to Saturday: the last shift of a week ends after the workweek and, every other week, the period.
_NIGHT_OVER_SUNDAY = Pattern(frozenset(range(1, 6)), datetime.time(22), datetime.time(6, 30))

# Employees that something is planted on.
LEAVER = "E1003"
GARNISHED = "E1004"
DOUBLE_PUNCHER = "E1005"
TWO_JOBS = "E1006"
RETURNED = "E1006"
CORRECTED = "E1007"
ZERO_NET = "E1008"
FORGETS_OUT = "E1002"
RAISED = "E1101"
SICK = "E1102"
NIGHT_WORKER = "E1103"
HOURLY_WITH_BONUS = "E1104"
NEW_ACCOUNT = "E1105"
FORGETS_IN = "E1106"
NEW_HIRE = "E1107"
TAKES_BADGE = "E1108"
SALARIED_WITH_BONUS = "E1203"
EXEMPT = "E1205"
OVER_THE_LIMITS = "E1301"

_W, _B, _S, _M = (group.pay_group for group in PAY_GROUPS)
PEOPLE = (
    Person("E1001", "Odalys Thornquist", "Assembly", _W, "IL", "ASSEMBLY", 2_240, "single", _DAY, "CLK-01"),
    Person("E1002", "Bram Ketterly", "Assembly", _W, "IL", "ASSEMBLY", 2_195, "single", _DAY, "CLK-01"),
    Person("E1003", "Petra Vossgaard", "Assembly", _W, "IL", "ASSEMBLY", 2_310, "single", _DAY, "CLK-01"),
    Person("E1004", "Lucian Ambrell", "Assembly", _W, "IL", "ASSEMBLY", 2_475, "single", _NIGHT, "CLK-01"),
    Person("E1005", "Wilhelmina Oske", "Shipping", _W, "TX", "SHIPPING", 1_985, "single", _LATE, "CLK-02"),
    Person(
        "E1006",
        "Cormac Delahunt",
        "Assembly",
        _W,
        "TX",
        "ASSEMBLY",
        2_240,
        "married_jointly",
        _DAY_WITH_LUNCH,
        "CLK-02",
    ),
    Person("E1007", "Saskia Umberfield", "Shipping", _W, "TX", "SHIPPING", 2_060, "single", _DAY, "CLK-02"),
    Person(
        "E1008",
        "Thaddeus Quillon",
        "Shipping",
        _W,
        "TX",
        "SHIPPING",
        1_800,
        "head_of_household",
        _DAY,
        "CLK-02",
    ),
    Person(
        "E1101",
        "Ilse Marchetti-Roe",
        "Machining",
        _B,
        "PA",
        "MACHINING",
        2_780,
        "married_jointly",
        _DAY,
        "CLK-03",
    ),
    Person(
        "E1102", "Jericho Palmstrand", "Machining", _B, "PA", "MACHINING", 2_655, "single", _DAY, "CLK-03"
    ),
    Person(
        "E1103",
        "Noor Havisham-Bey",
        "Machining",
        _B,
        "PA",
        "MACHINING",
        3_120,
        "single",
        _NIGHT_OVER_SUNDAY,
        "CLK-03",
    ),
    Person("E1104", "Fennella Drax", "Calibration", _B, "PA", "CALIBRATION", 3_345, "single", _DAY, "CLK-03"),
    Person(
        "E1105",
        "Anselm Borkowitz",
        "Calibration",
        _B,
        "NY",
        "CALIBRATION",
        3_400,
        "married_jointly",
        _DAY_WITH_LUNCH,
        "CLK-03",
    ),
    Person(
        "E1106", "Guinevere Tolland", "Calibration", _B, "NY", "CALIBRATION", 3_215, "single", _DAY, "CLK-03"
    ),
    Person("E1107", "Rufus Ainsdale", "Machining", _B, "NY", "MACHINING", 2_500, "single", _DAY, "CLK-03"),
    Person(
        "E1108",
        "Mirabel Stonecroft",
        "Machining",
        _B,
        "NY",
        "MACHINING",
        2_725,
        "head_of_household",
        _LATE,
        "CLK-03",
    ),
    Person("E1201", "Casimir Wrenfield", "Finance", _S, "NY", "OFFICE", 8_400_000, "married_jointly"),
    Person("E1202", "Dorothea Lindqvale", "Finance", _S, "NY", "OFFICE", 7_150_000, "single"),
    Person("E1203", "Evander Moss-Tilley", "Sales", _S, "PA", "OFFICE", 9_600_000, "single"),
    Person("E1204", "Henrike Sallow", "Sales", _S, "VA", "OFFICE", 10_450_000, "married_jointly"),
    Person("E1205", "Leopold Achterberg", "Sales", _S, "VA", "OFFICE", 6_300_000, "single"),
    Person("E1206", "Yseult Fairbrother", "Engineering", _S, "PA", "OFFICE", 12_900_000, "head_of_household"),
    Person("E1301", "Maximilian Creed", "Management", _M, "NY", "OFFICE", 54_000_000, "married_jointly"),
    Person("E1302", "Rosalind Okonjo-Hart", "Management", _M, "PA", "OFFICE", 28_800_000, "single"),
    Person("E1303", "Benedikt Galloway", "Engineering", _M, "NY", "OFFICE", 21_600_000, "married_jointly"),
)


def routing_number(first_eight: str) -> str:
    """A routing number with its check digit (weights 3, 7 and 1, modulo 10)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_eight, (3, 7, 1) * 3, strict=False))
    return f"{first_eight}{-total % 10}"


ROUTING_NUMBERS = (
    US_ROUTING_NUMBER,
    *(routing_number(start) for start in ("99104771", "99230518", "99871240")),
)
