"""Payslips of random companies: an independent calculation agrees, and what must hold of any of them does."""

from __future__ import annotations

import shutil
from collections import defaultdict
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import duckdb
import pytest
from dbt_runs import MODELS_ONLY, run_dbt, warehouse_of
from independent_payroll import LONGEST_SHIFT, Calculator, Company, calculate, random_company, write
from older_lakes import forget_chain

SIZE = 150
SELECT = ("--select", "+fct_payslips", "+int_punch_questions", "path:seeds/payroll")
Key = tuple[str, str]


def build(zone: Path) -> None:
    run_dbt("build", *SELECT, *MODELS_ONLY, zone=zone, landing=zone / "landing")


class Calculated:
    """What the models make of a company. items: amount by pay period, employee and pay item."""

    def __init__(self, company: Company, folder: Path, *, files: int = 1) -> None:
        write(company, folder / "landing", files=files)
        self.folder = folder
        self.warehouse = warehouse_of(folder)
        build(folder)
        self.payslips = {
            (period, employee): (status, gross, net)
            for period, employee, status, gross, net in self.query(
                "select pay_period_id, employee_id, status, gross_amount, net_amount "
                "from payroll.fct_payslips"
            )
        }
        self.items: dict[Key, dict[str, Decimal]] = defaultdict(dict)
        for period, employee, item, amount in self.query(
            "select pay_period_id, employee_id, pay_item_code, sum(amount) from payroll.fct_payslip_lines "
            "group by all having sum(amount) <> 0"
        ):
            self.items[period, employee][item] = amount
        self.questions = {
            (device, sequence): reason
            for device, sequence, reason in self.query(
                "select device_id, sequence, reason from payroll.int_punch_questions"
            )
        }

    def query(self, sql: str) -> list[tuple]:
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def company() -> Company:
    return random_company(1938, SIZE)


@pytest.fixture(scope="module")
def calculated(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Calculated:
    return Calculated(company, tmp_path_factory.mktemp("payroll"))


def assert_agrees(company: Company, calculated: Calculated) -> None:
    calculator = Calculator(company)
    expected = calculator.calculate()
    assert calculated.questions == calculator.questions
    assert set(calculated.payslips) == set(expected)
    for key, payslip in expected.items():
        status, gross, net = calculated.payslips[key]
        assert status == ("blocked" if payslip.is_blocked else "calculated"), key
        amounts = {item: amount for item, amount in payslip.amounts.items() if amount}
        assert calculated.items.get(key, {}) == amounts, key
        assert (gross, net) == (payslip.gross, payslip.net), key


def test_an_independent_calculation_agrees_to_the_cent(company: Company, calculated: Calculated) -> None:
    assert_agrees(company, calculated)
    statuses = [status for status, _, _ in calculated.payslips.values()]
    assert statuses.count("blocked") > 10
    assert statuses.count("calculated") > 500


@pytest.mark.more
@pytest.mark.parametrize("seed", [8, 1986])
def test_it_agrees_on_other_companies(seed: int, tmp_path: Path) -> None:
    company = random_company(seed, SIZE)
    assert_agrees(company, Calculated(company, tmp_path))


def test_lines_add_up_and_limits_hold(company: Company, calculated: Calculated) -> None:
    for key, (status, gross, net) in calculated.payslips.items():
        items = calculated.items.get(key, {})
        assert net >= 0 and gross >= 0, key
        employer = {"SS_ER", "MEDI_ER", "FUTA", "SUTA"}
        assert net == sum(amount for item, amount in items.items() if item not in employer), key
        assert status == "calculated" or not items, key
    (worst,) = calculated.query(
        "select max(total) from (select sum(-amount) as total from payroll.fct_payslip_lines "
        "where pay_item_code = 'K401' group by employee_id)"
    )[0]
    assert worst <= 24_500
    over = calculated.query(
        """
        select lines.employee_id, lines.pay_item_code
        from payroll.fct_payslip_lines as lines
        inner join payroll.int_deductions_requested as items using (payslip_id, pay_item_code)
        group by all
        having -sum(lines.amount) > max(items.total_limit) or -sum(lines.amount) > max(items.yearly_limit)
        """
    )
    refunded = {
        item["employee_id"] for item in company.one_time if item["pay_item_code"] in ("LOAN", "UNION")
    }
    assert {row[0] for row in over} <= refunded
    limits = {key: payslip.limits for key, payslip in calculate(company).items() if payslip.limits}
    for key, limit in limits.items():
        assert -calculated.items.get(key, {}).get("GARN", Decimal()) <= limit["garnishment"], key
    taxed = calculated.query(
        "select sum(basis_amount) from payroll.fct_payslip_lines where pay_item_code = 'SS' "
        "group by employee_id"
    )
    assert max(amount for (amount,) in taxed) == 184_500


def test_delivery_changes_nothing(company: Company, calculated: Calculated, tmp_path: Path) -> None:
    """Split over files, in another order, and much of it twice."""
    again = deepcopy(company)
    random = Random(5)
    again.punches += [dict(punch) for punch in again.punches if random.random() < 0.5]
    random.shuffle(again.punches)
    other = Calculated(again, tmp_path, files=7)
    assert other.payslips == calculated.payslips
    assert other.items == calculated.items
    assert other.questions == calculated.questions


def close_paydays(zone: Path, before: date) -> None:
    """Write every open period with a payday before a date into the lake, as `tieout close-period` does."""
    with duckdb.connect(str(warehouse_of(zone)), read_only=True) as connection:
        for model, dataset, columns in (
            ("payslips", "closed_payslips", "payslips.* exclude (is_closed, voided_on)"),
            ("payslip_lines", "closed_payslip_lines", "payslip_lines.* exclude (is_closed)"),
            (
                "payslips",
                "payroll_closes",
                "distinct on (pay_period_id) load_id as close_id, pay_period_id, 'test' as closed_by,"
                " null::varchar as note, 0::bigint as payslip_count, 0::bigint as line_count,"
                " 0::decimal(28, 5) as net_total, now() as closed_at",
            ),
        ):
            connection.execute(
                f"""
                copy (
                    select {columns}, null::varchar as file_hash, load_id
                    from payroll.fct_{model} as {model}
                    inner join (
                        select pay_period_id, '{before}/' || pay_period_id as load_id
                        from payroll.int_pay_periods
                        where paid_on < '{before}'
                    ) as closing using (pay_period_id)
                    where not {model}.is_closed
                ) to '{zone}/lake/{dataset}/{before}.parquet'
                """
            )
    forget_chain(zone / "lake", warehouse_of(zone))


def test_closing_period_by_period_changes_nothing(
    company: Company, calculated: Calculated, tmp_path: Path
) -> None:
    """Sums to date run on over closed periods. What a blocked payslip is owed comes later: not compared."""
    zone = tmp_path / "zone"
    shutil.copytree(calculated.folder, zone)
    blocked = {employee for (_, employee), (status, *_) in calculated.payslips.items() if status == "blocked"}
    paydays = sorted(day for (day,) in calculated.query("select distinct paid_on from payroll.fct_payslips"))
    build(zone)
    for number in (len(paydays) // 3, 2 * len(paydays) // 3):
        close_paydays(zone, paydays[number])
        build(zone)
    with duckdb.connect(str(warehouse_of(zone)), read_only=True) as connection:
        payslips = connection.execute(
            "select pay_period_id, employee_id, gross_amount, net_amount, is_closed from payroll.fct_payslips"
        ).fetchall()
        items = defaultdict(dict)
        for period, employee, item, amount in connection.execute(
            "select pay_period_id, employee_id, pay_item_code, sum(amount)"
            " from payroll.fct_payslip_lines group by all having sum(amount) <> 0"
        ).fetchall():
            items[period, employee][item] = amount
    added = {(period, employee) for period, employee, *_ in payslips} - set(calculated.payslips)
    assert len(payslips) == len(calculated.payslips) + len(added)
    assert {employee for _, employee in added} <= blocked
    compared = {False: 0, True: 0}
    for period, employee, gross, net, is_closed in payslips:
        if employee not in blocked:
            compared[is_closed] += 1
            key = (period, employee)
            assert (gross, net) == calculated.payslips[key][1:], key
            assert items.get(key, {}) == calculated.items.get(key, {}), key
    assert min(compared.values()) > 100


def test_a_minute_more_never_lowers_gross(company: Company, calculated: Calculated, tmp_path: Path) -> None:
    """One shift of every employee ends a minute later, where no other punch is near."""
    longer = deepcopy(company)
    random = Random(6)
    others = defaultdict(list)
    for punch in company.punches:
        others[punch["badge"]].append((punch["punched_at"], punch["direction"] == "out"))
    ends = defaultdict(list)
    for employee_id, _, _, start, end in Calculator(company).shifts():
        is_near = any(
            end <= at <= end + timedelta(minutes=5) and (at, is_out) != (end, True)
            for at, is_out in others[f"B{employee_id}"]
        )
        if not is_near and end - start < LONGEST_SHIFT - timedelta(minutes=1):
            ends[employee_id].append(end)
    chosen = {(f"B{employee_id}", random.choice(own)) for employee_id, own in ends.items()}
    for punch in longer.punches:
        if punch["direction"] == "out" and (punch["badge"], punch["punched_at"]) in chosen:
            punch["punched_at"] += timedelta(minutes=1)
    other = Calculated(longer, tmp_path)
    assert other.questions == calculated.questions
    changed = 0
    for key, (status, gross, _) in calculated.payslips.items():
        assert other.payslips[key][0] == status, key
        assert other.payslips[key][1] >= gross, key
        changed += other.payslips[key][1] > gross
    assert changed > 50
