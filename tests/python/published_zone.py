"""A small warehouse for the tests of publishing, made with plain SQL: nights that a reader can tell apart."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.publish import Published, publish
from orchestration.settings import PROJECT_DIR, Settings

CANARY = "Canarina Quillfeather"
ROWS = 12_000
# Every mart shows the night in a column; fct_items in the rows of its last month only, as a real night would.
MARTS = {
    "marts.fct_items": f"""
        select
            'item ' || number as item_id,
            case
                when number % 7 = 0 then null
                when number % 5 = 0 then ''
                else 'a "memo"; 100 %,' || chr(10)
            end as memo,
            case when number >= {ROWS} - 500 then $night else 0 end as night,
            cast(number * 1.00001 as decimal(28, 5)) as amount,
            cast(number * 3 as bigint) as big_number,
            number % 2 = 0 as is_even,
            date '2026-01-01' + cast(number * 90 // {ROWS} as integer) as item_on,
            timestamp '2026-01-01 12:00:00.123456' + number * interval 1 second as seen_at
        from (select unnest(range({ROWS})) as number)
    """,
    "marts.fct_balances": "select 'A' as account_id, $night as night, 1.5 * $night as balance",
    "marts.dim_dates": "select cast(number as integer) as number from (select unnest(range(365)) as number)",
    "marts.fct_nothing": "select 1 as number, date '2026-01-01' as posted_on where false",
    "operations.fct_runs": "select $night as night, timestamp '2026-03-01 02:00:00' as started_at",
    "payroll.dim_employees": f"select 'E1' as employee_id, '{CANARY}' as name, $night as night",
    "payroll.fct_payslips": "select 'P1' as payslip_id, 1234.56 as net_amount",
}
PRIVATE = {
    "payroll.int_secrets": f"select '{CANARY}' as name",
    "payroll.stg_hr__employees": f"select '{CANARY}' as name",
    "marts.fct_removed": "select 'the model of this table was removed' as note",
}
CONTROLS = ("marts.dim_controls", "marts.fct_control_totals", "marts.fct_payroll_controls")
_POLICY = PROJECT_DIR / "seeds" / "reference" / "controls.csv"
_TOTALS = """
    select
        md5(code || scope) as control_total_id, code as control_code, scope, 'rows' as measure, status,
        cast(null as varchar) as currency, 'What is compared' as explanation,
        cast(null as varchar) as acceptance,
        cast(1 as decimal(28, 5)) as expected,
        cast(case when status = 'red' then 0 else 1 end as decimal(28, 5)) as actual,
        is_accepted, date '2026-03-01' as business_date
    from (values {rows}) as controls (code, scope, status, is_accepted)
"""


@dataclass
class Zone:
    """Settings, and the nights that a test builds in their warehouse."""

    settings: Settings

    def build(
        self,
        night: int,
        *,
        controls: str = "('file_read', 'a.xml', 'green', false)",
        payroll_controls: str = "('period_questions', 'period 1', 'red', false)",
        as_of_on: str = "2026-03-31",
        marts: dict[str, str] | None = None,
    ) -> None:
        """Build the marts of a night. controls: rows of (code, scope, status, is accepted). marts: others."""
        self.settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
        tables = (
            MARTS
            | PRIVATE
            | {
                "marts.dim_controls": f"select * from read_csv('{_POLICY}')",
                "marts.fct_control_totals": _TOTALS.format(rows=controls),
                "marts.fct_payroll_controls": _TOTALS.format(rows=payroll_controls),
                "intermediate.int_as_of_date": f"select date '{as_of_on}' as as_of_on",
            }
        )
        with duckdb.connect(str(self.settings.warehouse)) as warehouse:
            for name, query in (tables | (marts or {})).items():
                warehouse.execute(f"create schema if not exists {name.split('.')[0]}")
                warehouse.execute(f"create or replace table {name} as {query.replace('$night', str(night))}")
            warehouse.execute("comment on table marts.fct_items is 'One row per item: 100 % of ''them''.'")
            warehouse.execute("comment on column marts.fct_items.amount is 'What it is worth.'")
            warehouse.execute(
                """
                create schema if not exists ops;
                create or replace table ops.node_states as
                select
                    'model.tieout.' || table_name as node_id, 'model' as resource_type,
                    schema_name, table_name,
                    case
                        when schema_name = 'payroll' or table_name = 'fct_payroll_controls' then 'payroll'
                        when schema_name = 'operations' then 'operations'
                        else 'bank'
                    end as domain,
                    'success' as status, null::varchar as broken_rules, 'one' as invocation_id
                from duckdb_tables()
                where schema_name <> 'ops' and table_name <> 'fct_removed'
                union all
                select
                    'test.tieout.unique_' || domain || '.1a2b', 'test', 'tests', 'unique_' || domain,
                    domain, 'pass', null, 'one'
                from (values ('bank'), ('payroll'), ('operations')) as domains (domain)
                """
            )

    def sql(self, statement: str) -> None:
        """Run a statement in the warehouse."""
        with duckdb.connect(str(self.settings.warehouse)) as warehouse:
            warehouse.execute(statement)

    def publish(self) -> Published:
        """Publish as the tests do."""
        return publish(self.settings, "tester", clock=lambda: datetime.datetime.now(datetime.UTC))

    @property
    def current(self) -> Path:
        """The folder of the current version."""
        return (self.settings.published / "current").resolve()

    def facts(self, folder: Path | None = None) -> dict[str, Any]:
        """version.json of a folder, the current version unless given."""
        return json.loads(((folder or self.current) / "version.json").read_text())

    def parquet(self, table: str) -> dict[str, int]:
        """Parquet files of a table in the current version, with their inodes."""
        folder = self.current / "parquet" / table.replace(".", "/")
        return {file.name: file.stat().st_ino for file in sorted(folder.iterdir())}


def query(file: Path, statement: str) -> list[tuple]:
    """Rows of a DuckDB file."""
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(statement).fetchall()
