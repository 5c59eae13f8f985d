"""A tax year from its last period to the files of who prepares its forms, with punches across its end."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from payroll_zone import MODELS, Zone, instant, payroll_zone

from orchestration.close.pay_period import close_period
from orchestration.evidence import EvidenceError, export_year


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zone]:
    with payroll_zone(tmp_path_factory.mktemp("year"), "2027-01-02") as zone:
        zone.deliver("pay_groups", "Y,weekly,USD,America/Chicago,1")
        zone.deliver(
            "pay_periods",
            "Y1,Y,2026-12-21,2026-12-27,2026-12-31",
            "Y2,Y,2026-12-28,2027-01-03,2027-01-08",
        )
        zone.deliver(
            "employees",
            "LEE,2025-01-01,Case Lee,000-00-0000,D,Y,TX,2025-01-01,,J",
            "MIA,2025-01-01,=1+1,000-00-0001,D,Y,IL,2025-01-01,,J",
        )
        zone.deliver("badges", "BLEE,LEE,2025-01-01")
        zone.deliver("pay_rates", "LEE,J,2025-01-01,hourly,30,true", "MIA,J,2025-01-01,salary,52000,false")
        zone.deliver(
            "tax_elections",
            "LEE,US,2025-01-01,single,false",
            "MIA,US,2025-01-01,single,false",
            "MIA,IL,2025-01-01,single,,,,,,1",
        )
        zone.deliver(
            "bank_details",
            "LEE,1,2025-01-01,,991047716,7701,checking,,,remainder,",
            "MIA,1,2025-01-01,,991047716,7702,checking,,,remainder,",
        )
        zone.work("LEE", "2026-12-21", "2026-12-22", "2026-12-23", "2026-12-24", hours=11)
        zone.work("LEE", "2026-12-31", "2027-01-01")
        zone.models = (*MODELS, "+fct_tax_deposits")
        zone.build()
        yield zone


def rows(zone: Zone, name: str) -> list[dict[str, str]]:
    with (zone.settings.reports / "year_end_2026" / f"{name}_2026.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_an_open_year_is_not_handed_over(zone: Zone) -> None:
    with pytest.raises(EvidenceError, match="no pay period with a payday in 2026 is closed"):
        export_year(zone.settings, 2026)


def test_the_next_year_waits_for_its_rows(zone: Zone) -> None:
    """The punches of 31 December are paid in January, by figures of 2027 that are not there."""
    ((reason,),) = zone.rows("select blocked_reason from payroll.fct_payslips where payslip_id = 'Y2/LEE'")
    assert "2027-01-08" in reason


def test_a_closed_year_is_handed_over(zone: Zone) -> None:
    """LEE: 44 hours at 30.00 and 4 premiums of 15.00 are 1,380.00; 71,760 a year less 8,600 (line 1g) is
    taxed 5,800 + 22 % of 5,260, 133.79 a week. MIA: 1,000.00, of which Illinois takes 4.95 % of 49,075 a
    year, 46.72."""
    close_period(zone.settings, "Y1", "clerk", clock=lambda: instant("2027-01-02T12:00"))
    zone.build()
    assert zone.rows(
        "select status, expected from marts.fct_payroll_controls where control_code = 'year_end'"
    ) == [("green", 10)]
    books = export_year(zone.settings, 2026)
    lee, mia = rows(zone, "W-2")
    assert (lee["name"], lee["tax_id"]) == ("Case Lee", "000-00-0000")
    assert [lee[f"box_{box}"] for box in ("1", "2", "3", "4", "5", "6", "7", "12_TT")] == [
        *("1380.00", "133.79", "1380.00", "85.56", "1380.00", "20.01", "0.00", "60.00")
    ]
    assert mia["name"] == "'=1+1", "no spreadsheet runs a name"
    assert [mia[f"box_{box}"] for box in ("1", "2", "4", "6", "12_TT")] == [
        *("1000.00", "78.08", "62.00", "14.50", "0.00")
    ]
    assert [tuple(row.values()) for row in rows(zone, "W-2_states")] == [
        ("LEE", "TX", "1380.00", "0.00", "0.00"),
        ("MIA", "IL", "1000.00", "46.72", "0.00"),
    ]
    line = {
        (row["form"], row["line_code"], row["code"], row["jurisdiction"]): row["amount"]
        for row in rows(zone, "Forms")
    }
    assert line["941", "2", "", ""] == line["W-3", "1", "", ""] == "2380.00"
    assert line["941", "12", "", ""] == "576.01"
    assert line["940", "7", "", ""] == "2380.00"
    assert line["SUTA", "taxable", "", "IL"] == "1000.00"
    assert [row["explanation"][:24] for row in rows(zone, "Overtime")] == ["Workweek from 2026-12-21"]
    # Of a monthly depositor; 15 January 2027 is a Friday.
    assert [
        (row["deposit_due_on"], row["amount"]) for row in rows(zone, "Deposits") if row["form"] == "941"
    ] == [("2027-01-15", "576.01")]
    assert {path.stat().st_mode & 0o077 for path in [books.path, *Path(books.path).iterdir()]} == {0}
    with pytest.raises(EvidenceError, match="is there already"):
        export_year(zone.settings, 2026)
