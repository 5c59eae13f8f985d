"""Nothing personal leaves the schema payroll: canaries are planted in HR data and looked for elsewhere."""

from __future__ import annotations

import csv
import hashlib
import hmac
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from click.testing import CliRunner
from dbt_runs import MODELS_ONLY, dbt_of_closes, leave_parsed, run_dbt, warehouse_of

from orchestration.cli import main
from orchestration.close import pay_period
from orchestration.close.pay_period import PayRefusedError, close_period
from orchestration.collect import collect
from orchestration.defs.project import lake_asset_key
from orchestration.lake.datasets import DATASETS
from orchestration.payroll.pay import pay
from orchestration.settings import PROJECT_DIR, Settings

# Of E1001, who is paid by the hour, and E1205, who has the salary; the rate of E1204 is missing.
NAME, TAX_ID, ACCOUNT, SALARY = "Canarina Quillfeather", "999-88-7731", "7731993377", "773199.24"
SECRET = "canary-secret-7731"
CANARIES = [*NAME.split(), TAX_ID, TAX_ID.replace("-", ""), ACCOUNT, SALARY, SECRET]
PAID_PERIOD, BLOCKED_PERIOD = "US-WEEKLY-2026-02", "US-SEMIMONTHLY-2026-01"
PLACES = {
    "TIEOUT_LANDING": "landing",
    "TIEOUT_LAKE": "zone/lake",
    "TIEOUT_WAREHOUSE": "zone/warehouse/tieout.duckdb",
    "TIEOUT_PAYMENTS": "payments",
    "DBT_TARGET_PATH": "zone/target",
    "DBT_LOG_PATH": "zone/logs",
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A company with the canaries and with files that cannot be read: collected, closed, paid, built.

    What was said on the way is in said.txt.
    """
    base = tmp_path_factory.mktemp("privacy")
    _plant(base / "landing")
    before = os.environ.copy()
    os.environ |= {name: str(base / place) for name, place in PLACES.items()}
    os.environ |= {"TIEOUT_PSEUDONYM_KEY": SECRET, "DBT_LOG_LEVEL_FILE": "debug", "DBT_WRITE_JSON": "true"}
    said = []
    patched = pytest.MonkeyPatch()
    try:
        settings = Settings.from_environment()
        leave_parsed(base / "zone" / "target", os.environ)
        done = subprocess.run(
            [Path(sys.executable).with_name("tieout"), "close-period", PAID_PERIOD],
            capture_output=True,
            text=True,
            check=False,
        )
        said += [done.stdout, done.stderr]
        assert done.returncode == 0, done.stderr
        patched.setattr(pay_period, "run_dbt", dbt_of_closes(base / "zone", base / "landing"))
        blocked = CliRunner().invoke(main, ["close-period", BLOCKED_PERIOD])
        said.append(blocked.output)
        assert blocked.exit_code == 1, blocked.output
        with pytest.raises(PayRefusedError) as refused:
            close_period(settings, PAID_PERIOD, "payroll")
        said += [str(refused.value), repr(settings), str(pay(settings, PAID_PERIOD, "payroll"))]
        built = run_dbt("build", *MODELS_ONLY, zone=base / "zone", landing=base / "landing")
        said += [built.stdout, built.stderr, _collect_with_dagster(base / "landing")]
        (base / "said.txt").write_text("\n".join(said))
        yield base
    finally:
        patched.undo()
        os.environ.clear()
        os.environ.update(before)


def test_files_outside_the_lake_are_free_of_canaries(base: Path) -> None:
    files = [base / "said.txt", *_files(base / "zone" / "target"), *_files(base / "zone" / "logs")]
    assert len(files) > 400
    assert not {(str(path), canary) for path in files for canary in found_in(path.read_bytes())}


def test_tables_outside_payroll_are_free_of_canaries(base: Path) -> None:
    with duckdb.connect(str(warehouse_of(base / "zone")), read_only=True) as warehouse:
        assert len(tables(warehouse)) > 150
        assert not found_in_tables(warehouse)


def test_the_canaries_were_there_to_be_found(base: Path) -> None:
    """The data went all the way: into the marts, blocked, quarantined and paid."""
    with duckdb.connect(str(warehouse_of(base / "zone")), read_only=True) as warehouse:
        counts = warehouse.execute(
            """
            select
                (select count(*) from payroll.dim_employees where name = ? and tax_id = ?),
                (select count(*) from payroll.int_pay_rates_current where rate = cast(? as decimal(28, 5))),
                (select count(*) from payroll.stg_payroll__bank_details where account_number = ?),
                (select count(*) > 0 from payroll.fct_payslips where status = 'blocked'),
                (select count(*) > 0 from payroll.fct_payroll_payments where employee_id = 'E1001'),
                (select count(*) from staging.stg_collect__files where file_status = 'quarantined')
            """,
            [NAME, TAX_ID, SALARY, ACCOUNT],
        ).fetchone()
        assert counts == (2, 1, 1, True, True, 5)
        pseudonyms = dict(
            warehouse.table("payroll.dim_employees").select("employee_id", "employee_key").fetchall()
        )
        assert pseudonyms == {
            employee_id: hmac.new(SECRET.encode(), employee_id.encode(), hashlib.sha256).hexdigest()
            for employee_id in pseudonyms
        }
    said = (base / "said.txt").read_text()
    assert "quarantined hr/employees_broken.csv" in said
    assert "cannot be calculated: No pay rate" in said


def test_a_planted_canary_is_found(tmp_path: Path) -> None:
    """The scan of tables sees a canary in any type of column, in tables and views."""
    with duckdb.connect(str(tmp_path / "planted.duckdb")) as warehouse:
        warehouse.execute("create schema marts; create schema payroll")
        warehouse.execute(f"create table payroll.fct_hidden as select '{NAME}' as name")
        assert not found_in_tables(warehouse)
        warehouse.execute(f"create table marts.fct_pay as select 1 as id, {SALARY} as amount")
        warehouse.execute(f"create view marts.fct_notes as select 'Punch of {NAME.upper()}' as note")
        warehouse.execute(f"create table marts.fct_lists as select ['{ACCOUNT}'] as accounts")
        assert {table for table, _ in found_in_tables(warehouse)} == {
            "marts.fct_pay",
            "marts.fct_notes",
            "marts.fct_lists",
        }
    assert found_in(f"x{TAX_ID}".encode()) == [TAX_ID]


def test_a_payslip_that_is_not_its_lines_is_found(base: Path) -> None:
    """One cent more on one line: the test fails, and the control is red."""
    zone, landing = base / "zone", base / "landing"
    tested = ("assert_payslips_are_their_lines",)
    assert run_dbt("test", "--select", *tested, zone=zone, landing=landing)
    with duckdb.connect(str(warehouse_of(zone))) as warehouse:
        warehouse.execute(
            "update payroll.fct_payslip_lines set amount = amount + 0.01 where payslip_line_id ="
            " (select min(payslip_line_id) from payroll.fct_payslip_lines where line_kind = 'earning')"
        )
    failed = run_dbt("test", "--select", *tested, zone=zone, landing=landing, check=False)
    assert failed.returncode == 1 and "Got 1 result" in failed.stdout
    run_dbt("run", "--select", "int_controls_payroll", "fct_payroll_controls", zone=zone, landing=landing)
    with duckdb.connect(str(warehouse_of(zone)), read_only=True) as warehouse:
        assert warehouse.execute(
            "select control_code, difference from marts.fct_payroll_controls"
            " where status = 'red' and control_code <> 'period_questions' order by control_code"
        ).fetchall() == [("amounts_paid", -1), ("payslip_lines", -1)]


def found_in(content: bytes) -> list[str]:
    """The canaries in some bytes, whatever their case."""
    lowered = content.lower()
    return [canary for canary in CANARIES if canary.lower().encode() in lowered]


def tables(warehouse: duckdb.DuckDBPyConnection) -> list[str]:
    """Every table and view but those of the schema payroll and the views of the lake as delivered."""
    rows = warehouse.execute(
        """
        select table_schema || '.' || table_name
        from information_schema.tables
        where table_schema not in ('payroll', 'lake')
        order by 1
        """
    ).fetchall()
    return [table for (table,) in rows]


def found_in_tables(warehouse: duckdb.DuckDBPyConnection) -> set[tuple[str, str]]:
    """Tables and the canaries that stand in them."""
    return {
        (table, canary)
        for table in tables(warehouse)
        for canary in CANARIES
        if warehouse.execute(
            f"select count(*) from {table} as scanned where contains(lower(cast(scanned as varchar)), ?)",
            [canary.lower()],
        ).fetchone()[0]
    }


def _plant(landing: Path) -> None:
    for name in ("punches", "hr"):
        shutil.copytree(PROJECT_DIR / "landing" / name, landing / name)
    for name in ("bank", "ledger", "payments"):
        (landing / name).mkdir()
    shutil.copy(PROJECT_DIR / "landing" / "ledger" / "accounts.csv", landing / "ledger")
    for employee_id in ("E1001", "E1205"):
        _change(landing / "hr" / "employees.csv", employee_id, name=NAME, tax_id=TAX_ID)
    _change(landing / "hr" / "bank_details.csv", "E1001", priority="2", account_number=ACCOUNT)
    _change(landing / "hr" / "pay_rates.csv", "E1205", rate=SALARY)
    _change(landing / "hr" / "pay_rates.csv", "E1204", effective_on="2030-01-01")
    employees = (landing / "hr" / "employees.csv").read_text().splitlines()
    broken = employees[1].replace("2025-01-01", f"{NAME} {TAX_ID}", 1)
    (landing / "hr" / "employees_broken.csv").write_text(f"{employees[0]}\n{broken}\n")
    (landing / "hr" / "pay_rates_broken.csv").write_text(
        "employee_id,job_code,effective_on,rate_kind,rate,is_overtime_eligible\n"
        f"E1205,OFFICE,2026-01-01,{SALARY},{ACCOUNT},{NAME}\n"
    )
    (landing / "punches" / "broken.jsonl").write_text(f'{{"device_id": "{NAME}", "sequence": "{TAX_ID}"}}\n')
    (landing / "payments" / "broken.ach").write_text(f"101 {NAME} {ACCOUNT}\n622{ACCOUNT}{NAME}\n")


def _change(path: Path, employee_id: str, priority: str | None = None, **values: str) -> None:
    """Give an employee other values in an HR file, in the row of a priority if there is one."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["employee_id"] == employee_id and priority in (None, row.get("priority")):
            row.update(values)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _collect_with_dagster(landing: Path) -> str:
    """Everything that Dagster records of collecting one more file that cannot be read."""
    from orchestration.defs.collect import FACTS, collected

    broken = (landing / "hr" / "employees_broken.csv").read_text()
    (landing / "hr" / "employees_late.csv").write_text(broken + "\n")
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(collected, instance=instance)
        materialized = {event.asset_key for event in result.get_asset_materialization_events()}
        assert materialized == {lake_asset_key(dataset) for dataset in DATASETS if dataset not in FACTS}
        entries = instance.all_logs(result.run_id)
        return "\n".join([*map(str, entries), *map(str, result.get_asset_materialization_events())])


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.long
def test_spark_makes_nothing_without_the_key_of_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyspark")
    hr = tmp_path / "landing" / "hr"
    hr.mkdir(parents=True)
    employees = (PROJECT_DIR / "landing" / "hr" / "employees.csv").read_text().replace("Odalys", "Odette")
    (hr / "employees.csv").write_text(employees)
    places = {"landing": tmp_path / "landing", "lake": tmp_path / "lake"}
    places["warehouse"] = tmp_path / "warehouse" / "tieout.duckdb"
    collect(replace(Settings.from_environment(), **places, pseudonym_key="own"))
    made = []
    for key in ("", "own", "other"):
        monkeypatch.setenv("TIEOUT_PSEUDONYM_KEY", key)
        selected = ["--target", "spark", "--select", "+dim_employees"]
        result = run_dbt("run", *selected, zone=tmp_path, landing=tmp_path / "landing", check=False)
        made.append((result.returncode == 0, any((tmp_path / "spark").glob("*.db"))))
    assert made == [(False, False), (True, True), (False, True)]
    assert "is not the key that" in result.stdout
