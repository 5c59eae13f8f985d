"""Any number of deductions of a step, and balances of leave: random plans beside plain calculations, and
three health plans of one employee of the demo."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

import duckdb
import pytest
from dbt_runs import run_dbt, warehouse_of
from independent_payroll import cents

from orchestration.settings import PROJECT_DIR

# The model of each step, and where it finds what may be taken and what a percentage is of.
MODELS = {
    "section_125": ("int_section_125_deductions", {"int_payslips_calculable": ["gross_amount"]}),
    "retirement": (
        "int_retirement_deductions",
        {"int_retirement_available": ["available_amount", "basis_amount"]},
    ),
    "garnishment": (
        "int_garnishments",
        {
            "int_garnishment_limits": [
                *("basis_amount", "limit_amount", "left_amount"),
                *("earned_gross_amount", "earned_disposable_amount", "hour_a_week_amount"),
            ]
        },
    ),
    "posttax": (
        "int_posttax_deductions",
        {"int_payslips_calculable": ["gross_amount"], "int_garnishment_limits": ["left_amount"]},
    ),
}
# What only orders of a court have; without them a garnishment is one more deduction of its step.
ORDER = {
    "order_id": "text",
    "order_kind": "text",
    "supports_another_family": "boolean",
    "is_in_arrears": "boolean",
}
ITEMS = 5
PAYDAYS = 14
AMOUNT = "decimal(28, 5)"


def money(random: Random, least: int, most: int) -> Decimal:
    return Decimal(random.randrange(least * 100, most * 100)) / 100


def random_requests(random: Random, step: str, employee_id: str) -> tuple[list[dict], dict[str, Decimal]]:
    """What an employee is asked for on the paydays around a turn of the year, and what each payslip has."""
    requests, available = [], {}
    first = date(2025, 10, 3) + random.randrange(90) * timedelta(days=1)
    poverty = random.choice([60, 300, 300, 4000])
    plans = []
    for number in range(ITEMS):
        calculation = random.choice(["amount", "amount", "percentage", None])
        plans.append(
            {
                "pay_item_code": f"I{number}",
                "line_order": 150 - number,
                "calculation": calculation,
                "value": {"amount": money(random, 1, 120), "percentage": money(random, 1, 40), None: None}[
                    calculation
                ],
                "yearly_limit": random.choice([None, money(random, 50, 600)]),
                "total_limit": random.choice([None, None, money(random, 50, 1200)]),
                "closed": {
                    year: random.choice([Decimal(0), Decimal(0), money(random, 1, 300)])
                    for year in (2025, 2026)
                },
            }
        )
    for payday in range(PAYDAYS):
        paid_on = first + payday * timedelta(days=14)
        payslip_id = f"P{payday:02d}/{employee_id}"
        available[payslip_id] = money(random, 0, poverty)
        for plan in plans:
            if random.random() < 0.1:
                continue
            if random.random() < 0.08 and plan["yearly_limit"]:
                plan["yearly_limit"] = money(random, 20, 900)
            once = random.random() < 0.1 or plan["calculation"] is None
            requests.append(
                {key: value for key, value in plan.items() if key != "closed"}
                | {
                    "payslip_id": payslip_id,
                    "pay_period_id": f"P{payday:02d}",
                    "employee_id": employee_id,
                    "calculation_step": step,
                    "order_place": 1,
                    **dict.fromkeys(ORDER),
                    "tax_year": paid_on.year,
                    "one_time_amount": money(random, -90, 150) if once else Decimal(0),
                    "year_taken_amount": plan["closed"].get(paid_on.year, Decimal(0)),
                    "total_taken_amount": sum(plan["closed"].values()),
                    "paid_on": paid_on,
                }
            )
    return requests, available


def taken_by_hand(requests: list[dict], available: dict[str, Decimal]) -> dict[tuple[str, str], Decimal]:
    """What each request takes, one payday and one line after another."""
    result: dict[tuple[str, str], Decimal] = {}
    taken: dict[tuple, Decimal] = defaultdict(Decimal)
    left = dict(available)
    for row in sorted(requests, key=lambda r: (r["paid_on"], r["line_order"])):
        payslip_id, item = row["payslip_id"], row["pay_item_code"]
        asked = row["one_time_amount"]
        if row["calculation"] == "amount":
            asked += row["value"]
        elif row["calculation"] == "percentage":
            asked += cents(Fraction(available[payslip_id]) * Fraction(row["value"]) / 100)
        amount = asked
        if asked > 0:
            rooms = [asked, left[payslip_id]]
            if row["yearly_limit"] is not None:
                in_year = taken[row["employee_id"], item, row["tax_year"]]
                rooms.append(row["yearly_limit"] - row["year_taken_amount"] - in_year)
            if row["total_limit"] is not None:
                in_all = taken[row["employee_id"], item]
                rooms.append(row["total_limit"] - row["total_taken_amount"] - in_all)
            amount = max(min(rooms), Decimal(0))
        left[payslip_id] -= amount
        taken[row["employee_id"], item, row["tax_year"]] += amount
        taken[row["employee_id"], item] += amount
        result[payslip_id, item] = amount
    return result


def create(connection: duckdb.DuckDBPyConnection, name: str, columns: dict, rows: list[tuple]) -> None:
    """Make a table, by way of a file beside the warehouse: many single inserts take minutes."""
    (path,) = connection.execute("select path from duckdb_databases() where path is not null").fetchone()
    file = Path(path).with_name(f"{name}.csv")
    with file.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows(rows)
    source = f"read_csv('{file}', auto_detect = false, columns = {columns})"
    connection.execute(f"create table payroll.{name} as select * from {source}")


REQUESTED = {
    "payslip_id": "text",
    "pay_period_id": "text",
    "employee_id": "text",
    "pay_item_code": "text",
    "calculation_step": "text",
    "calculation": "text",
    "line_order": "integer",
    "order_place": "integer",
    **ORDER,
    "tax_year": "integer",
    "value": AMOUNT,
    "one_time_amount": AMOUNT,
    "yearly_limit": AMOUNT,
    "total_limit": AMOUNT,
    "year_taken_amount": AMOUNT,
    "total_taken_amount": AMOUNT,
    "paid_on": "date",
}


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the SQL of the models as DuckDB gets it."""
    zone = tmp_path_factory.mktemp("compiled")
    (zone / "landing").mkdir()
    models = [*(model for model, _ in MODELS.values()), "int_leave_balances"]
    run_dbt("compile", "--select", *models, zone=zone, landing=zone / "landing")
    return zone / "target" / "compiled" / "tieout" / "models" / "intermediate" / "payroll"


@pytest.mark.parametrize("step", MODELS)
@pytest.mark.parametrize("seed", [1040, 1938])
def test_any_number_of_deductions_agrees_with_a_plain_calculation(
    step: str, seed: int, compiled: Path, tmp_path: Path
) -> None:
    """Five a step: limits reached in mid-year, raised and lowered, too little pay, refunds."""
    random = Random(seed)
    requests, available = [], {}
    for number in range(60):
        own_requests, own_available = random_requests(random, step, f"E{number:03d}")
        requests += own_requests
        available |= own_available
    expected = taken_by_hand(requests, available)
    model, sources = MODELS[step]
    with duckdb.connect(str(tmp_path / "tieout.duckdb")) as connection:
        connection.execute("create schema payroll")
        rows = [tuple(row[name] for name in REQUESTED) for row in requests]
        create(connection, "int_deductions_requested", REQUESTED, rows)
        for source, amounts in sources.items():
            rows = [(payslip_id, *[amount] * len(amounts)) for payslip_id, amount in available.items()]
            create(connection, source, {"payslip_id": "text"} | dict.fromkeys(amounts, AMOUNT), rows)
        if step == "garnishment":
            connection.execute(
                "alter table payroll.int_garnishment_limits add column work_state text;"
                " alter table payroll.int_garnishment_limits add column garnishment_limit_method text;"
                " alter table payroll.int_garnishment_limits add column paid_on date;"
                " alter table payroll.int_garnishment_limits add column employee_id text;"
                " alter table payroll.int_garnishment_limits add column earned_in text;"
                " alter table payroll.int_garnishment_limits"
                " add column closed_garnishment_amount integer default 0;"
                " update payroll.int_garnishment_limits set earned_in = payslip_id;"
                " create table payroll.int_pay_periods (pay_period_id text, earned_in text);"
                " create table payroll.int_voided_payslips (payslip_id text);"
                " create table payroll.int_closed_payslip_lines (payslip_line_id text, payslip_id text,"
                " pay_period_id text, employee_id text, line_kind text, amount integer);"
                " create schema reference; create table reference.garnishment_limits as from read_csv("
                f"'{PROJECT_DIR / 'seeds' / 'payroll' / 'garnishment_limits.csv'}',"
                " types = {'effective_before_on': 'date'});"
                " create table reference.payroll_policies as from read_csv("
                f"'{PROJECT_DIR / 'seeds' / 'payroll' / 'payroll_policies.csv'}',"
                " types = {'effective_before_on': 'date'})"
            )
        rows = [(payslip_id, 0) for payslip_id in available]
        create(connection, "int_garnishments", {"payslip_id": "text", "amount": AMOUNT}, rows)
        columns = {"pay_period_id": "text", "deduction_method": "text"}
        rows = [(f"P{number:02d}", "half_up") for number in range(PAYDAYS)]
        create(connection, "int_pay_period_policies", columns, rows)
        query = next(compiled.rglob(f"{model}.sql")).read_text()
        found = connection.execute(
            f"select payslip_id, pay_item_code, amount, explanation from ({query})"
        ).fetchall()
    assert {(payslip, item): -amount for payslip, item, amount, _ in found} == expected
    # The plans are hard: limits and want of money both cut, and a fifth deduction is taken.
    said = [explanation for *_, explanation in found]
    assert sum("limit" in text for text in said) > 100
    assert sum("what is left" in text for text in said) > 100
    assert sum(amount > 0 and item == "I0" for (_, item), amount in expected.items()) > 100


HOURS = "decimal(18, 5)"
# What the model of balances reads, by table; a column of the same place in each row.
LEAVE_TABLES = {
    "int_payslip_candidates": {
        **dict.fromkeys(
            ("payslip_id", "pay_period_id", "employee_id", "pay_group", "kind", "work_state"), "text"
        ),
        "tax_year": "integer",
        **dict.fromkeys(("has_days", "is_only_if_owed", "is_open"), "boolean"),
        **dict.fromkeys(("ends_before_on", "paid_on"), "date"),
    },
    "int_earnings_calculated": {"payslip_id": "text", "pay_item_code": "text", "hours": HOURS},
    "int_earning_corrections": {"payslip_id": "text", "pay_item_code": "text", "hours": HOURS},
    "int_rate_spans": {
        **dict.fromkeys(("employee_id", "pay_period_id", "rate_kind"), "text"),
        **dict.fromkeys(("periods_per_year", "period_weekdays", "weekdays"), "integer"),
    },
    "int_pay_period_policies": {
        **dict.fromkeys(("pay_period_id", "gross_method"), "text"),
        **dict.fromkeys(("weeks_per_year", "salary_hours_per_week"), "decimal(18, 6)"),
    },
    "dim_employees": {
        **dict.fromkeys(("employee_id", "job_code"), "text"),
        **dict.fromkeys(("left_on", "effective_on", "effective_before_on"), "date"),
    },
    "int_closed_payslip_lines": {
        **dict.fromkeys(
            ("payslip_line_id", "payslip_id", "employee_id", "pay_item_code", "line_kind"), "text"
        ),
        "hours": HOURS,
        "paid_on": "date",
    },
    "int_voided_payslips": {"payslip_id": "text"},
    "int_opening_balances": {
        **dict.fromkeys(("employee_id", "balance_kind", "code"), "text"),
        "tax_year": "integer",
        "is_total": "boolean",
        "amount": AMOUNT,
    },
    "int_pay_rates_current": {
        **dict.fromkeys(("employee_id", "job_code", "rate_kind"), "text"),
        "rate": AMOUNT,
        **dict.fromkeys(("effective_on", "effective_before_on"), "date"),
    },
    "leave_policies": {
        **dict.fromkeys(("pay_item_code", "pay_group", "work_state", "accrual_kind"), "text"),
        "hours": "decimal(9, 2)",
        "per_worked_hours": "integer",
        **dict.fromkeys(("yearly_limit", "balance_limit", "carry_over_limit"), "decimal(9, 2)"),
        "is_paid_at_leaving": "boolean",
        **dict.fromkeys(("effective_on", "effective_before_on"), "date"),
        "source": "text",
    },
}


def random_leave(random: Random, employee: str, rows: dict[str, list[tuple]]) -> dict[str, tuple]:
    """Add what is known of an employee to the rows of each table, and work out each payslip by hand."""
    first = date(2025, 10, 3) + random.randrange(60) * timedelta(days=1)
    kind = random.choice(["worked_hours", "worked_hours", "pay_period", "year"])
    earned, per = money(random, 1, 9), random.choice([10, 30, 40])
    yearly, most, kept = (random.choice([None, money(random, 10, 90)]) for _ in range(3))
    is_paid = random.random() < 0.5
    policy = (employee, None, kind, earned, per, yearly, most, kept, is_paid, first, None, "House")
    rows["leave_policies"].append(("VAC", *policy))
    yearly = earned if kind == "year" else yearly
    left_on = first + timedelta(days=random.randrange(30, 190)) if random.random() < 0.4 else None
    rows["dim_employees"].append((employee, "J", left_on, date(2025, 1, 1), None))
    rate = money(random, 10, 60)
    rows["int_pay_rates_current"].append((employee, "J", "hourly", rate, date(2025, 1, 1), None))
    balance, accrued, year = Decimal(0), Decimal(0), None
    if random.random() < 0.5:
        balance, year = money(random, 0, 120), 2025
        rows["int_opening_balances"].append((employee, "leave", "VAC", 2025, False, balance))
    expected = {}
    for payday in range(PAYDAYS):
        paid_on = first + payday * timedelta(days=14)
        period, payslip = f"L{payday:02d}", f"L{payday:02d}/{employee}"
        ends = paid_on - timedelta(days=4)
        is_closed, is_void = payday < 4, payday == 2 and random.random() < 0.3
        rows["int_payslip_candidates"].append(
            (
                *(payslip, period, employee, employee, "regular", "TX", paid_on.year),
                *(True, False, not is_closed, ends, paid_on),
            )
        )
        if is_void:
            rows["int_voided_payslips"].append((payslip,))
            rows["int_closed_payslip_lines"].append(
                (f"{payslip}/VAC/leave", payslip, employee, "VAC", "leave", Decimal(500), paid_on)
            )
            continue
        taken = money(random, 1, 30) if random.random() < 0.3 else Decimal(0)
        worked = money(random, 0, 100)
        if year is not None and paid_on.year > year:
            lost = max(balance - kept, Decimal(0)) if kept is not None else Decimal(0)
            balance, accrued = balance - lost, Decimal(0)
        else:
            lost = Decimal(0)
        year = paid_on.year
        balance -= taken
        gain = {
            "worked_hours": cents(Fraction(earned) * Fraction(worked) / per * 1000) / 1000,
            "pay_period": earned,
            "year": earned,
        }[kind]
        rooms = [gain]
        rooms += [most - balance] if most is not None else []
        rooms += [yearly - accrued] if yearly is not None else []
        gain = max(min(rooms), Decimal(0))
        balance, accrued = balance + gain, accrued + gain
        paid = max(balance, Decimal(0)) if left_on and is_paid and ends > left_on else Decimal(0)
        balance -= paid
        if is_closed:
            frozen = [("VAC/leave", "VAC", "leave", gain), ("VAC/leave/lost", "VAC", "leave", -lost)]
            frozen += [
                ("VAC/hourly", "VAC", "earning", taken),
                ("LEAVEPAY/left/VAC", "LEAVEPAY", "earning", paid),
            ]
            rows["int_closed_payslip_lines"] += [
                (f"{payslip}/{key}", payslip, employee, item, line_kind, hours, paid_on)
                for key, item, line_kind, hours in frozen
                if hours or key == "VAC/leave"
            ]
        else:
            late = random.choice([Decimal(0), worked / 2])
            rows["int_earnings_calculated"] += [(payslip, "VAC", taken), (payslip, "REG", worked - late)]
            rows["int_earning_corrections"].append((payslip, "REG", late))
            pay = cents(Fraction(paid) * Fraction(rate)) if left_on and ends > left_on else None
            expected[payslip] = (gain, taken, lost, paid, balance, pay)
    return expected


@pytest.mark.parametrize("seed", [3, 1990])
def test_balances_of_leave_agree_with_a_plain_calculation(seed: int, compiled: Path, tmp_path: Path) -> None:
    """Hours by work, period and year; limits, a new year, opening balances, leavers, void payslips, over 4
    closed paydays and 10 open ones."""
    random = Random(seed)
    rows: dict[str, list[tuple]] = defaultdict(list)
    expected: dict[str, tuple] = {}
    for number in range(150):
        expected |= random_leave(random, f"E{number:03d}", rows)
    rows["int_pay_period_policies"] = [(f"L{number:02d}", "half_up", 52, 40) for number in range(PAYDAYS)]
    with duckdb.connect(str(tmp_path / "tieout.duckdb")) as connection:
        connection.execute("create schema payroll; create schema reference")
        for name, columns in LEAVE_TABLES.items():
            create(connection, name, columns, rows[name])
        connection.execute("create table reference.leave_policies as from payroll.leave_policies")
        query = next(compiled.rglob("int_leave_balances.sql")).read_text()
        found = connection.execute(
            "select payslip_id, accrued_hours, taken_hours, lost_hours, paid_hours, balance_hours,"
            f" payout_amount from ({query})"
        ).fetchall()
    assert {payslip: tuple(figures) for payslip, *figures in found} == expected
    for place in (2, 3):
        assert sum(figures[place] > 0 for figures in expected.values()) > 10


@pytest.mark.more
def test_dental_and_vision_beside_medical(demo_zone: Path, tmp_path: Path) -> None:
    """Two plans more as rows of seeds: a green build, payslips as by hand, the bank's side as it was.

    Of 1,027.41 the plans take 38.50, 6.50 and 2.25, which leaves 980.16 for social security (60.77) and
    Medicare (14.21). 4 % deferred are 41.10, so 939.06 are taxed, 48,831.12 a year. Of 40,231.12 after 8,600
    the federal tax is 1,240 and 12 % of what is above 19,900: 3,679.73, or 70.76 a week. Illinois takes
    4.95 % of 45,906.12, 43.70 a week. Union dues are 11.25.
    """
    project, landing = tmp_path / "project", tmp_path / "landing"
    files = ("dbt_project.yml", "packages.yml", "profiles.yml")
    for name in ("dbt_packages", "macros", "models", "seeds", "tests", *files):
        copy = shutil.copytree if (PROJECT_DIR / name).is_dir() else shutil.copy
        project.mkdir(exist_ok=True)
        copy(PROJECT_DIR / name, project / name)
    for name in ("pay_items", "pay_item_wages"):
        path = project / "seeds" / "payroll" / f"{name}.csv"
        rows = path.read_text()
        medical = "".join(line for line in rows.splitlines(keepends=True) if line.startswith("MED125,"))
        dental, vision = (
            medical.replace("MED125", item).replace(",110,", f",{line_order},")
            for item, line_order in (("DEN125", 111), ("VIS125", 112))
        )
        path.write_text(rows + dental + vision)
    shutil.copytree(PROJECT_DIR / "landing", landing)
    (landing / "hr" / "recurring_items_2026-03-01.csv").write_text(
        "employee_id,pay_item_code,effective_on,ended_on,calculation,value,yearly_limit,total_limit\n"
        "E1001,DEN125,2025-01-01,,amount,6.50,,\n"
        "E1001,VIS125,2025-01-01,,amount,2.25,,\n"
    )
    run_dbt(
        *("build", "--exclude-resource-type", "unit_test", "--target", "duckdb"),
        *("--project-dir", str(project), "--profiles-dir", str(project)),
        zone=tmp_path,
        landing=landing,
    )
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse_of(tmp_path)}' as changed (read_only)")
        connection.execute(f"attach '{warehouse_of(demo_zone)}' as demo (read_only)")
        lines = connection.execute(
            "select payslip_id, pay_item_code, sum(amount) from changed.payroll.fct_payslip_lines "
            "where payslip_id in ('US-WEEKLY-2026-01/E1001', 'US-WEEKLY-2026-13/E1001') "
            "and line_kind in ('pretax', 'employee_tax', 'posttax') group by all"
        ).fetchall()
        net = connection.execute(
            "select payslip_id, net_amount from changed.payroll.fct_payslips "
            "where payslip_id in ('US-WEEKLY-2026-01/E1001', 'US-WEEKLY-2026-13/E1001')"
        ).fetchall()
        others = "select * from {}.payroll.fct_payslips where employee_id <> 'E1001'"
        # Of the controls, only those of the new file are new.
        controls = (
            "select * from {}.marts.fct_control_totals where scope not like 'hr/recurring_items_2026-03%'"
        )
        marts = [f"select * from {{}}.marts.{mart}" for mart in ("fct_matches", "fct_reconciliation_items")]
        same = [others, controls, *marts]
        for query in same:
            changed, demo = query.format("changed"), query.format("demo")
            (rows,) = connection.execute(f"select count(*) from ({demo})").fetchone()
            difference = f"(({demo}) except all ({changed})) union all (({changed}) except all ({demo}))"
            assert rows > 0, query
            assert connection.execute(difference).fetchall() == [], query
    items = ("MED125", "DEN125", "VIS125", "SS", "MEDI", "K401", "FIT", "SIT", "UNION")
    expected = {
        "US-WEEKLY-2026-01/E1001": "38.50 6.50 2.25 56.13 13.13 38.10 62.14 40.14 11.25",
        "US-WEEKLY-2026-13/E1001": "38.50 6.50 2.25 60.77 14.21 41.10 70.76 43.70 11.25",
    }
    assert {(payslip, item): -amount for payslip, item, amount in lines} == {
        (payslip, item): Decimal(amount)
        for payslip, amounts in expected.items()
        for item, amount in zip(items, amounts.split(), strict=True)
    }
    assert dict(net) == {
        "US-WEEKLY-2026-01/E1001": Decimal("684.40"),
        "US-WEEKLY-2026-13/E1001": Decimal("738.37"),
    }
