"""Collection as assets: one per lake dataset, all written by one call."""

from collections.abc import Iterator

import dagster as dg

from orchestration.collect import collect
from orchestration.collect.rows import DATASETS
from orchestration.project import OWNERS, WAREHOUSE_POOL, lake_asset_key
from orchestration.settings import Settings

DESCRIPTIONS = {
    "collected_files": "Every delivered file and what became of it.",
    "bank_statements": "Statements as delivered: balances and periods.",
    "bank_statement_lines": "Entries of the statements as delivered.",
    "bank_statement_line_details": "Transactions inside batch entries as delivered.",
    "journal_lines": "Journal lines of the ledger, from exports or its database.",
    "ledger_accounts": "The chart of accounts, from exports or the ledger's database.",
    "decisions": "Decisions of persons as delivered: what was decided about which items, who, when and why.",
    "punches": "Punches of time clocks as delivered.",
    "hr_employees": "Employees by effective date, from HR files or the HR system.",
    "hr_badges": "Badges and who holds them, by effective date.",
    "hr_pay_groups": "Pay groups: frequency, currency, time zone, workweek.",
    "hr_pay_periods": "Pay periods and paydays of the pay groups.",
    "hr_pay_rates": "Rates of pay by employee, job and effective date.",
    "hr_tax_elections": "What employees declared for withholding, by effective date.",
    "hr_bank_details": "Accounts that net pay goes to, by effective date.",
    "hr_recurring_items": "Earnings and deductions of every period, by effective date.",
    "hr_one_time_items": "Earnings and deductions of one period.",
    "hr_leave": "Paid hours of absence.",
    "payment_answers": "What banks answered to payments: returned, changed, rejected, accepted.",
    "payroll_closes": "Every recorded close of a pay period.",
    "closed_payslips": "The payslips that each close of a pay period froze.",
    "closed_payslip_lines": "The lines of the payslips that each close of a pay period froze.",
    "payment_files": "Every payment file as it was written.",
    "paid_payments": "Every payment in a payment file.",
    "closes": "Every recorded close of a business date.",
    "closed_items": "The items that each close froze.",
    "closed_matches": "The matches that each close completed, by member item.",
    "closed_balances": "The bank reconciliation statement of each account and closed date.",
    "dbt_runs": "Every recorded dbt invocation that built or tested.",
    "dbt_node_runs": "What each recorded invocation did with each node.",
    "storage_uses": "Files and bytes of the lake and the warehouse, by recorded invocation.",
    "alerts": "Every condition that an alert told of, or told to be gone.",
}


@dg.multi_asset(
    name="collect",
    specs=[
        dg.AssetSpec(
            lake_asset_key(dataset),
            group_name="collect",
            description=DESCRIPTIONS[dataset],
            kinds={"python", "dlt", "parquet"},
            owners=OWNERS,
        )
        for dataset in DATASETS
    ],
    pool=WAREHOUSE_POOL,
)
def collected(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
    """Append what has landed to the lake. What cannot be read is quarantined; the night goes on."""
    done = collect(Settings.from_environment())
    context.log.info(str(done))
    for dataset in DATASETS:
        yield dg.MaterializeResult(
            asset_key=lake_asset_key(dataset),
            metadata={
                "rows appended": done.rows.get(dataset, 0),
                "files loaded": done.loaded,
                "files quarantined": done.quarantined,
            },
        )
