"""No hour and no amount without a payslip: a company in which each goes astray once, period by period."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from payroll_zone import Zone, instant, payroll_zone

from orchestration.close.pay_period import PayRefusedError, close_period

PEOPLE = ("LEE", "RAY", "MIA", "NOA", "LIN", "TAB")


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zone]:
    with payroll_zone(tmp_path_factory.mktemp("homes"), "2026-09-30") as zone:
        zone.deliver("pay_groups", "Q,weekly,USD,America/Chicago,1")
        zone.deliver(
            "pay_periods",
            "Q1,Q,2026-08-03,2026-08-09,2026-08-14",
            "Q2,Q,2026-08-10,2026-08-16,2026-08-21",
            "Q3,Q,2026-08-17,2026-08-23,2026-08-28",
        )
        zone.deliver(
            "employees",
            *(f"{who},2025-01-01,Case {who},000-00-0000,D,Q,TX,2025-01-01,,J" for who in PEOPLE[:4]),
            "LIN,2025-01-01,李明,000-00-0000,D,Q,TX,2025-01-01,,J",
            "TAB,2025-01-01,Ta\tb,000-00-0000,D,Q,TX,2025-01-01,,J",
        )
        zone.deliver("badges", "BLEE,LEE,2025-01-01")
        zone.deliver(
            "pay_rates",
            "LEE,J,2025-01-01,hourly,30,true",
            *(f"{who},J,2025-01-01,salary,52000,false" for who in PEOPLE[1:]),
        )
        zone.deliver("tax_elections", *(f"{who},US,2025-01-01,single,false" for who in PEOPLE))
        zone.deliver(
            "bank_details",
            *(
                f"{who},1,{'2026-08-26' if who == 'NOA' else '2025-01-01'},,991047716,770{place},checking,,,"
                "remainder,"
                for place, who in enumerate(PEOPLE)
            ),
        )
        zone.deliver(
            "recurring_items",
            "MIA,UNION,2025-01-01,,amount,10",
            "MIA,K401,2025-01-01,,percentage,5",
            "MIA,MED125,2025-01-01,,amount,40",
            "RAY,UNION,2025-01-01,,amount,10",
            "RAY,GARN,2025-01-01,,amount,50,,,A7,support,true,false",
        )
        zone.work("LEE", "2026-08-03", "2026-08-10")
        zone.build()
        yield zone


def test_what_cannot_be_paid_is_a_question_of_its_person(zone: Zone) -> None:
    """NOA's account begins behind the first two paydays; no file can carry LIN's and TAB's names."""
    why = "its name has a control character, or no letter or digit that a bank can write: correct it in"
    writable = f"{why} employees"
    for number, payday in ((1, "2026-08-14"), (2, "2026-08-21")):
        assert zone.questions(f"Q{number}") == [
            f"Payslip Q{number}/LIN cannot be paid by a file: {writable}",
            f"Payslip Q{number}/NOA cannot be paid by a file: no account is in force on the payday, {payday},"
            " in bank_details",
            f"Payslip Q{number}/TAB cannot be paid by a file: {writable}",
        ]
    assert not any("NOA" in question for question in zone.questions("Q3"))
    assert zone.red() == set()


def test_an_unfinished_period_stays_open(zone: Zone) -> None:
    with pytest.raises(PayRefusedError, match="Q1 is not over: its last day is 2026-08-09"):
        # 23:30 of the last day in Chicago.
        close_period(zone.settings, "Q1", "clerk", clock=lambda: instant("2026-08-10T04:30"))


def test_what_a_leaver_is_owed_is_paid(zone: Zone) -> None:
    """Q1 is closed. Then come 8 hours of LEE at 30.00, a raise of RAY from its first day, and the last day of
    both: 240.00 and 200.00 on the first open payday, from which RAY's child has support, and the union
    nothing."""
    zone.deliver("bank_details", "NOA,1,2025-01-01,,991047716,7703,checking,,,remainder,")
    zone.deliver(
        "employees",
        *(f"{who},2025-01-01,Case {who},000-00-0000,D,Q,TX,2025-01-01,,J" for who in ("LIN", "TAB")),
    )
    close_period(zone.settings, "Q1", "clerk")
    close_period(zone.settings, "Q2", "clerk")
    zone.work("LEE", "2026-08-04")
    zone.deliver("pay_rates", "RAY,J,2026-08-03,salary,57200,false")
    zone.deliver(
        "employees",
        *(
            f"{who},2025-01-01,Case {who},000-00-0000,D,Q,TX,2025-01-01,2026-08-16,J"
            for who in ("LEE", "RAY")
        ),
    )
    zone.build()
    assert zone.lines("Q3/LEE") == {
        "REG": Decimal(240),
        "SS": Decimal("-14.88"),
        "MEDI": Decimal("-3.48"),
    }
    assert zone.lines("Q3/RAY")["SAL"] == 200
    assert zone.lines("Q3/RAY")["GARN"] == -50
    assert "UNION" not in zone.lines("Q3/RAY")
    assert zone.red() == set()


def test_an_off_cycle_run_takes_what_it_names(zone: Zone) -> None:
    """A bonus run in the days of Q3 pays the bonus, takes the deferral that it names, and no day, no dues and
    no plan again. A run of corrections pays what Q2 owes MIA before Q3 does."""
    zone.deliver("pay_rates", "MIA,J,2026-08-10,salary,62400,false")
    zone.deliver(
        "pay_periods",
        "QB,Q,2026-08-17,2026-08-23,2026-08-26,bonus,K401",
        "QC,Q,2026-08-20,2026-08-20,2026-08-25,correction",
    )
    zone.deliver("one_time_items", "X1,MIA,QB,BONUS,1000,,for May")
    zone.build()
    assert zone.lines("QB/MIA") == {
        "BONUS": Decimal(1000),
        "SS": Decimal(-62),
        "MEDI": Decimal("-14.5"),
        "K401": Decimal(-50),
        "FIT": Decimal(-209),
    }
    # 200 a week is 1,800 a year beyond line 1g: no income tax.
    assert zone.lines("QC/MIA") == {
        "SAL": Decimal(200),
        "SS": Decimal("-12.4"),
        "MEDI": Decimal("-2.9"),
    }
    assert zone.lines("Q3/MIA")["SAL"] == 1200
    assert zone.lines("Q3/MIA")["UNION"] == -10
    assert zone.rows("select employee_id from payroll.fct_payslips where pay_period_id = 'QB'") == [("MIA",)]
    assert zone.questions("QB") == zone.questions("QC") == []
    assert zone.red() == set()


def test_without_its_kind_it_is_a_question_and_pays_no_day_twice(zone: Zone) -> None:
    zone.deliver("pay_periods", "QX,Q,2026-08-22,2026-08-22,2026-08-27")
    zone.deliver("one_time_items", "X2,NOA,QX,GIFT,300,,moved house", "X3,NOA,Q3,GIFT,300,,moved home")
    zone.build()
    assert set(zone.lines("QX/NOA")) == {"GIFT", "SS", "MEDI", "FIT"}
    assert zone.lines("QX/NOA")["GIFT"] == 300
    assert zone.questions("QX") == [
        "Pay period QX has days in common with Q3 and pays one-time items alone: give its kind in"
        " pay_periods, or correct its days"
    ]


def test_hours_outside_all_periods_turn_red(zone: Zone) -> None:
    """LEE comes back behind the last period: eight hours that nobody pays."""
    zone.deliver("employees", "LEE,2025-01-01,Case LEE,000-00-0000,D,Q,TX,2025-01-01,,J")
    zone.work("LEE", "2026-08-31")
    zone.build()
    asked = "Employee LEE worked 8.00 hours from 2026-08-31 to 2026-08-31, in no pay period of the group:"
    assert [question for question in zone.questions("Q3") if question.startswith(asked)]
    assert zone.red() == {("hours_paid", "no pay period")}


def test_a_closed_period_is_opened_again_before_it_is_paid(zone: Zone) -> None:
    """MIA's raise came when Q2 was closed. Two persons reopen it, and it pays the raise itself."""
    reopening = zone.decide("reopen_period", "Q2", "Ann")
    zone.build()
    assert zone.rows("select distinct is_closed from payroll.fct_payslips where pay_period_id = 'Q2'") == [
        (True,)
    ]
    zone.decide("approve", reopening, "Bela")
    zone.build()
    assert zone.rows("select distinct is_closed from payroll.fct_payslips where pay_period_id = 'Q2'") == [
        (False,)
    ]
    assert zone.lines("Q2/MIA")["SAL"] == 1200
    assert "SAL" not in zone.lines("QC/MIA")
    ids = " ".join(
        question_id
        for (question_id,) in zone.rows(
            "select question_id from payroll.int_period_questions where pay_period_id = 'Q2'"
        )
    )
    zone.decide("approve", zone.decide("accept", ids, "Ann"), "Bela")
    close_period(zone.settings, "Q2", "clerk")
    zone.build()
    assert zone.rows(
        "select is_closed, gross_amount from payroll.fct_payslips where payslip_id = 'Q2/MIA'"
    ) == [(True, Decimal(1200))]
    assert zone.rows(
        "select count(*) from payroll.stg_payroll__payroll_closes where pay_period_id = 'Q2'"
    ) == [(2,)]


def test_a_void_payslip_counts_no_more_and_leave_is_paid_at_leaving(zone: Zone) -> None:
    """The quarter's 941 was given when MIA's Q1, 960.00 of wages beside her medical plan, was made void by
    two persons: her W-2 has Q2 alone, 941-X has 960.00 less, and the run of corrections owes the salary. LIN
    goes to Illinois with 16 hours of vacation, takes 8, and leaves: 8 at 25.00 (820 ILCS 115/5)."""
    zone.decide("forms_given", "2026Q3", "Ann")
    zone.build()
    void = zone.decide("void_payslip", "Q1/MIA", "Ann")
    zone.decide("approve", void, "Bela")
    zone.deliver("employees", "LIN,2026-08-17,Case LIN,000-00-0000,D,Q,IL,2025-01-01,2026-08-23,J")
    zone.deliver("tax_elections", "LIN,IL,2025-01-01,single,,,,,,1")
    zone.deliver("opening_balances", "LIN,2026,leave,VAC,,16", "TOTAL,2026,leave,VAC,,16")
    zone.deliver("leave", "LIN,2026-08-18,VAC,8")
    zone.build()
    assert zone.rows(
        "select status, net_amount > 0, voided_on::varchar from payroll.fct_payslips"
        " where payslip_id = 'Q1/MIA'"
    ) == [("void", True, "2026-09-30")]
    assert zone.lines("QC/MIA")["SAL"] == 1000
    forms = {
        (form, line, code, who): (amount, given)
        for form, line, code, who, amount, given in zone.rows(
            "select form, line_code, coalesce(code, ''), coalesce(employee_id, ''), amount, given_amount"
            " from payroll.fct_tax_forms"
        )
    }
    assert forms["W-2", "3", "", "MIA"] == (1160, None)
    now, given = forms["941-X", "5a", "column 1", ""]
    assert given - now == 960
    assert ("W-2c", "3", "", "MIA") not in forms, "the W-2s were not given"
    assert zone.lines("Q3/LIN")["LEAVEPAY"] == 200
    assert zone.rows(
        "select hours, balance_hours from payroll.fct_payslip_lines"
        " where payslip_id = 'Q3/LIN' and line_kind = 'leave'"
    ) == [(0, 0)]
    assert not any("of VAC" in question for question in zone.questions("Q3"))
    assert zone.red() == {("hours_paid", "no pay period")}
    assert zone.rows("select status from marts.fct_payroll_controls where control_code = 'year_end'") == [
        ("green",)
    ]
