"""What HR delivers: the state at the start of the quarter, then the changes as they come.

A later file gives some rows again as they were and corrects others, as an HR system's exports do.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Sequence

from orchestration.demo.folder import GeneratedFolder
from orchestration.demo.money import plain
from orchestration.demo.payroll import people
from orchestration.demo.payroll.people import PAY_GROUPS, PEOPLE, ROUTING_NUMBERS, Person
from orchestration.demo.payroll.periods import Quarter
from orchestration.demo.payroll.shifts import SECOND_JOB, Work
from orchestration.demo.payroll.truth import PayrollTruth

_ONE_DAY = datetime.timedelta(days=1)
# Hours of a day of leave.
_DAY_HOURS = "8.00"
PERSON = {person.employee_id: person for person in PEOPLE}
COLUMNS = {
    "employees": (
        "employee_id",
        "effective_on",
        "name",
        "tax_id",
        "department",
        "pay_group",
        "work_state",
        "hired_on",
        "left_on",
        "job_code",
    ),
    "badges": (
        "badge",
        "employee_id",
        "effective_on",
        "ended_on",
    ),
    "pay_groups": (
        "pay_group",
        "frequency",
        "currency",
        "time_zone",
        "workweek_starts_on",
    ),
    "pay_periods": (
        "pay_period_id",
        "pay_group",
        "starts_on",
        "ends_on",
        "paid_on",
    ),
    "pay_rates": (
        "employee_id",
        "job_code",
        "effective_on",
        "rate_kind",
        "rate",
        "is_overtime_eligible",
    ),
    "tax_elections": (
        "employee_id",
        "jurisdiction",
        "effective_on",
        "filing_status",
        "is_step_2_checked",
        "dependents_amount",
        "other_income_amount",
        "deductions_amount",
        "extra_withholding_amount",
        "allowances",
        "is_exempt",
    ),
    "bank_details": (
        "employee_id",
        "priority",
        "effective_on",
        "ended_on",
        "routing_number",
        "account_number",
        "account_kind",
        "bic",
        "iban",
        "split_kind",
        "split_value",
    ),
    "recurring_items": (
        "employee_id",
        "pay_item_code",
        "effective_on",
        "ended_on",
        "calculation",
        "value",
        "yearly_limit",
        "total_limit",
    ),
    "one_time_items": (
        "one_time_item_id",
        "employee_id",
        "pay_period_id",
        "pay_item_code",
        "amount",
        "hours",
        "reason",
        "corrects_pay_period_id",
    ),
    "leave": (
        "employee_id",
        "leave_on",
        "pay_item_code",
        "hours",
    ),
}
# Per pay period. A percentage of gross, or an amount in cents; the limit of a year or of all in cents.
_RECURRING: tuple[tuple[str, str, str, str, int | None, int | None], ...] = (
    ("E1001", "MED125", "amount", "38.50", None, None),
    ("E1001", "K401", "percentage", "4", 2_450_000, None),
    ("E1001", "UNION", "amount", "11.25", None, None),
    ("E1002", "UNION", "amount", "11.25", None, None),
    ("E1003", "UNION", "amount", "11.25", None, None),
    (people.GARNISHED, "GARN", "percentage", "25", None, 150_000),
    ("E1006", "ROTH", "percentage", "3", 2_450_000, None),
    (people.ZERO_NET, "MED125", "amount", "45.00", None, None),
    (people.ZERO_NET, "LOAN", "amount", "60.00", None, 60_000),
    (people.RAISED, "MED125", "amount", "92.00", None, None),
    (people.RAISED, "K401", "percentage", "5", 2_450_000, None),
    ("E1104", "K401", "percentage", "6.5", 2_450_000, None),
    ("E1106", "ROTH", "percentage", "5", 2_450_000, None),
    ("E1201", "MED125", "amount", "145.00", None, None),
    ("E1201", "K401", "percentage", "8", 2_450_000, None),
    ("E1204", "K401", "amount", "600.00", 2_450_000, None),
    ("E1206", "ROTH", "amount", "450.00", 2_450_000, None),
    (people.OVER_THE_LIMITS, "K401", "percentage", "20", 2_450_000, None),
    ("E1302", "MED125", "amount", "310.00", None, None),
)
_STEP_2_CHECKED = {"E1006", "E1102", "E1201", "E1303"}
_DEPENDENTS = {"E1006": 200_000, "E1008": 220_000, "E1101": 440_000, "E1206": 250_000, "E1303": 400_000}

Rows = dict[str, list[Sequence[object]]]


def write_hr(folder: GeneratedFolder, quarter: Quarter, work: Work, truth: PayrollTruth) -> int:
    """Write landing/hr/ and return the number of files."""
    hr = _Hr(quarter, work, truth)
    deliveries = (("", hr.first_export()), (f"_{_date(hr.raised_on)}", hr.changes()))
    count = 0
    for suffix, rows in deliveries:
        for entity, entity_rows in rows.items():
            buffer = io.StringIO()
            writer = csv.writer(buffer, lineterminator="\n")
            writer.writerow(COLUMNS[entity])
            writer.writerows([_text(value) for value in row] for row in entity_rows)
            folder.write(f"hr/{entity}{suffix}.csv", buffer.getvalue().encode())
            count += 1
    return count


class _Hr:
    def __init__(self, quarter: Quarter, work: Work, truth: PayrollTruth) -> None:
        self._quarter = quarter
        self._work = work
        self._truth = truth
        self._periods = {group.pay_group: quarter.periods_of(group.pay_group) for group in PAY_GROUPS}
        # Everything that counts from before the quarter.
        self._before_on = quarter.starts_on.replace(year=quarter.starts_on.year - 1, month=1)
        raised_in = self._periods[PERSON[people.RAISED].pay_group][3]
        self.raised_on = raised_in.starts_on + 8 * _ONE_DAY

    def first_export(self) -> Rows:
        """The state at the start of the quarter, and all that is known of it then."""
        rows: Rows = {entity: [] for entity in COLUMNS}
        rows["pay_groups"] += PAY_GROUPS
        rows["pay_periods"] += self._quarter.periods
        for person in PEOPLE:
            if person.employee_id != people.NEW_HIRE:
                self._add_person(rows, person, self._before_on, None)
        two_jobs = PERSON[people.TWO_JOBS]
        rows["pay_rates"].append(
            (two_jobs.employee_id, SECOND_JOB, self._before_on, "hourly", plain(2_790), True)
        )
        for employee_id, code, calculation, value, yearly_limit, total_limit in _RECURRING:
            rows["recurring_items"].append(
                (
                    *(employee_id, code, self._before_on, None, calculation, value),
                    *(None if limit is None else plain(limit) for limit in (yearly_limit, total_limit)),
                )
            )
        self._add_leave(rows)
        self._plant_work(two_jobs)
        return rows

    def changes(self) -> Rows:
        """What was entered later: a hire, a leaver, a raise, corrections and one-time items."""
        rows: Rows = {
            entity: [] for entity in COLUMNS if entity not in ("pay_groups", "pay_periods", "leave")
        }
        self._hire_and_leave(rows)
        self._raise(rows)
        self._change_account(rows)
        self._one_time_items(rows)
        self._renew_exemption(rows)
        # Given again as they were; and one corrected, from its first day on.
        rows["recurring_items"].append(
            ("E1001", "UNION", self._before_on, None, "amount", "11.25", None, None)
        )
        rows["recurring_items"].append(
            ("E1002", "UNION", self._before_on, None, "amount", "11.75", None, None)
        )
        self._truth.plant(
            "row_given_again", PERSON["E1001"], None, "Recurring item UNION, unchanged", period=""
        )
        self._truth.plant(
            "row_corrected", PERSON["E1002"], None, "Recurring item UNION is 11.75, not 11.25", period=""
        )
        return rows

    def _renew_exemption(self, rows: Rows) -> None:
        """An exemption of the year before ends on 15 February."""
        person = PERSON[people.EXEMPT]
        rows["tax_elections"].append(
            (
                *(person.employee_id, "US", self._quarter.starts_on.replace(month=2, day=1)),
                *(person.filing_status, False, plain(0), None, None, None, None, True),
            )
        )

    def _add_person(
        self, rows: Rows, person: Person, from_on: datetime.date, left_on: datetime.date | None
    ) -> None:
        self._add_employee(rows, person, from_on, left_on)
        if person.pattern:
            rows["badges"].append((person.badge, person.employee_id, from_on, None))
        kind = "hourly" if person.pattern else "salary"
        rows["pay_rates"].append(
            (
                person.employee_id,
                person.job_code,
                from_on,
                kind,
                plain(person.rate),
                person.pattern is not None,
            )
        )
        exempt = person.employee_id == people.EXEMPT
        for jurisdiction in ("US", person.work_state):
            is_federal = jurisdiction == "US"
            rows["tax_elections"].append(
                (
                    *(person.employee_id, jurisdiction, from_on, person.filing_status),
                    person.employee_id in _STEP_2_CHECKED if is_federal else None,
                    plain(_DEPENDENTS.get(person.employee_id, 0)) if is_federal else None,
                    *(None, None),
                    plain(2_500) if is_federal and person.employee_id == "E1302" else None,
                    None if is_federal else 1 + (person.filing_status == "married_jointly"),
                    exempt and is_federal,
                )
            )
        self._add_accounts(rows, person, from_on)

    def _add_employee(
        self, rows: Rows, person: Person, from_on: datetime.date, left_on: datetime.date | None
    ) -> None:
        hired_on = self._work.hired_on.get(person.employee_id, self._before_on)
        rows["employees"].append(
            (
                *(person.employee_id, from_on, person.name, person.tax_id, person.department),
                *(person.pay_group, person.work_state, hired_on, left_on, person.job_code),
            )
        )

    def _add_accounts(self, rows: Rows, person: Person, from_on: datetime.date) -> None:
        rows["bank_details"] += accounts_of(person.employee_id, from_on)

    def _add_leave(self, rows: Rows) -> None:
        for person in PEOPLE:
            if not person.pattern:
                continue
            for day in self._quarter.days_of(person.pay_group):
                if self._work.is_absent(person, day) and self._work.is_employed(person, day):
                    code = "HOL" if day in self._quarter.holidays else "VAC"
                    if person.employee_id == people.SICK and day == self._work.sick_on:
                        code = "SICK"
                    rows["leave"].append((person.employee_id, day, code, _DAY_HOURS))

    def _plant_work(self, two_jobs: Person) -> None:
        """Name the shifts that are hard to count."""
        period = self._work.two_jobs_period
        self._truth.plant(
            "two_jobs_in_one_week",
            two_jobs,
            period.starts_on,
            f"{two_jobs.job_code} at {plain(two_jobs.rate)} and {SECOND_JOB} at {plain(2_790)}",
        )
        zero_net = PERSON[people.ZERO_NET]
        self._truth.plant(
            "zero_net_pay",
            zero_net,
            self._work.zero_net_period.starts_on,
            "Four hours in the week: deductions take all that is left",
        )
        over = PERSON[people.OVER_THE_LIMITS]
        for kind, index, description in (
            ("yearly_limit_reached", 1, "401(k) deferrals stop at 24,500 in the year"),
            ("social_security_limit_reached", 2, "Wages pass the limit of social security"),
            ("additional_medicare", 2, "Wages pass 200,000 in the year"),
        ):
            self._truth.plant(kind, over, self._periods[over.pay_group][index].starts_on, description)
        for person in PEOPLE:
            if person.pattern and person.pattern.is_overnight:
                nights = [shift for shift in self._work.shifts if shift.person == person]
                self._truth.plant(
                    "overnight_shifts",
                    person,
                    nights[0].work_on,
                    f"{len(nights)} shifts that end the day after",
                )
        for shift in self._work.shifts:
            if not (shift.punch_in and shift.punch_out):
                continue
            offsets = [punch.at.utcoffset() for punch in (shift.punch_in, shift.punch_out)]
            if offsets[0] != offsets[1]:
                hours = f"{shift.seconds / 3600:.4f} hours"
                self._truth.plant(
                    "daylight_saving_change", shift.person, shift.work_on, f"Overnight, {hours} in truth"
                )
            elif (
                shift.person.employee_id == people.NIGHT_WORKER
                and shift.work_on.weekday() == 5
                and shift.punch_out.at.date() != shift.work_on
            ):
                self._truth.plant(
                    "shift_over_workweek_end",
                    shift.person,
                    shift.work_on,
                    "Overnight from Saturday to Sunday, on which the workweek starts",
                )

    def _hire_and_leave(self, rows: Rows) -> None:
        hire, leaver, taker = PERSON[people.NEW_HIRE], PERSON[people.LEAVER], PERSON[people.TAKES_BADGE]
        hired_on, left_on = self._work.hired_on[people.NEW_HIRE], self._work.left_on[people.LEAVER]
        self._add_person(rows, hire, hired_on, None)
        self._truth.plant("new_hire", hire, hired_on, "Hired within a pay period")
        # The same key again, now with the last day.
        self._add_employee(rows, leaver, self._before_on, left_on)
        rows["badges"].append((leaver.badge, leaver.employee_id, self._before_on, left_on + _ONE_DAY))
        self._truth.plant("leaver", leaver, left_on, "Leaves within a pay period")
        rows["badges"].append((leaver.badge, taker.employee_id, self._work.badge_passed_on, None))
        self._truth.plant(
            "badge_passed_on", taker, self._work.badge_passed_on, f"Badge {leaver.badge} has a new holder"
        )

    def _raise(self, rows: Rows) -> None:
        person = PERSON[people.RAISED]
        rows["pay_rates"].append(
            (person.employee_id, person.job_code, self.raised_on, "hourly", plain(person.rate + 145), True)
        )
        self._truth.plant("raise_in_mid_period", person, self.raised_on, "1.45 an hour more")

    def _change_account(self, rows: Rows) -> None:
        person = PERSON[people.NEW_ACCOUNT]
        changed_on = self._periods[person.pay_group][3].starts_on
        priority = max(row[1] for row in accounts_of(person.employee_id, changed_on))
        account = list(_account(person, priority, changed_on, "remainder", None))
        account[4:6] = [ROUTING_NUMBERS[3], "77400918"]
        rows["bank_details"].append(tuple(account))
        self._truth.plant("new_account", person, changed_on, "Needs a prenote before it is paid to")
        returned = PERSON[people.RETURNED]
        self._truth.plant(
            "returned_payment",
            returned,
            self._periods[returned.pay_group][-2].starts_on,
            "Once paid, `tieout demo-bank` returns the payment of the remainder: account closed (R02)",
        )

    def _one_time_items(self, rows: Rows) -> None:
        def add(
            kind: str, employee_id: str, index: int, code: str, amount: int, reason: str, **more: str
        ) -> None:
            person = PERSON[employee_id]
            period = self._periods[person.pay_group][index]
            number = f"OT-{period.paid_on:%Y}-{len(rows['one_time_items']) + 1:03d}"
            rows["one_time_items"].append(
                (
                    *(number, employee_id, period.pay_period_id, code, plain(amount)),
                    *(more.get("hours"), reason, more.get("corrects")),
                )
            )
            self._truth.plant(kind, person, period.starts_on, reason)

        add("bonus", people.HOURLY_WITH_BONUS, 2, "BONUS", 40_000, "Bonus for parts without a defect")
        add("bonus", people.SALARIED_WITH_BONUS, 3, "BONUS", 250_000, "Bonus for the year before")
        add("bonus", people.OVER_THE_LIMITS, 0, "BONUS", 7_000_000, "Bonus for the year before")
        add("commission", people.SALARIED_WITH_BONUS, 4, "COMM", 118_340, "Commission on orders of the month")
        corrected = self._periods[PERSON[people.CORRECTED].pay_group]
        add(
            "correction_of_closed_period",
            people.CORRECTED,
            8,
            "CORR",
            4_120,
            "Two hours of a course that no clock saw",
            hours="2.00",
            corrects=corrected[5].pay_period_id,
        )


def accounts_of(employee_id: str, from_on: datetime.date = datetime.date.min) -> list[Sequence[object]]:
    """Rows of bank_details, as of the first export: one account; of every fourth person two, of one three."""
    person = PERSON[employee_id]
    number = int(employee_id[1:])
    splits: list[tuple[str, str | None]] = [("remainder", None)]
    if number % 4 == 1:
        splits = [("amount", plain(15_000)), *splits]
    elif number % 4 == 2:
        splits = [("percentage", "25"), *splits]
    if employee_id == people.OVER_THE_LIMITS:
        splits = [("amount", plain(200_000)), ("percentage", "50"), ("remainder", None)]
    return [
        _account(person, priority, from_on, kind, value)
        for priority, (kind, value) in enumerate(splits, start=1)
    ]


def _account(
    person: Person, priority: int, from_on: datetime.date, kind: str, value: str | None
) -> tuple[object, ...]:
    number = int(person.employee_id[1:])
    return (
        *(person.employee_id, priority, from_on, None),
        ROUTING_NUMBERS[(number + priority) % 3],
        str(number * 7_919 + priority * 100_003 + 30_000_000),
        "savings" if kind != "remainder" else "checking",
        *(None, None, kind, value),
    )


def _text(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _date(value) if isinstance(value, datetime.date) else value


def _date(value: datetime.date) -> str:
    return value.isoformat()
