"""What a pay period cost. Reads the published payroll, and shows no person."""

import marimo

app = marimo.App(width="medium", app_title="The cost of a pay period")


@app.cell
def _():
    import os
    from pathlib import Path

    import duckdb
    import marimo as mo

    current = Path(os.environ.get("TIEOUT_PUBLISHED", "published"), "current").resolve()
    published = current / "payroll" / "tieout_payroll.duckdb"
    warehouse = Path(os.environ.get("TIEOUT_WAREHOUSE", "warehouse/tieout.duckdb")).resolve()
    # A night with a red that nobody accepted is not published; what is asked then is why.
    payroll = duckdb.connect(str(published if published.exists() else warehouse), read_only=True)
    return mo, payroll


@app.cell
def _(mo, payroll):
    _periods = [
        period
        for (period,) in payroll.sql(
            "select pay_period_id from payroll.fct_payslips group by 1 order by max(paid_on) desc, 1"
        ).fetchall()
    ]
    period = mo.ui.dropdown(_periods, value=_periods[0], label="Pay period")
    mo.md("# What a pay period cost")
    return (period,)


@app.cell
def _(period):
    period
    return


@app.cell
def _(mo, payroll, period):
    by_department = payroll.execute(
        """
        select department, currency, count(*) as payslips, sum(gross_amount) as gross,
            sum(employer_tax_amount) as employer_taxes, sum(gross_amount + employer_tax_amount) as cost
        from payroll.fct_payslips where pay_period_id = $period and status = 'calculated'
        group by department, currency order by department
        """,
        {"period": period.value},
    ).pl()
    mo.md(f"## By department: {by_department['cost'].sum():,.2f} in all")
    return (by_department,)


@app.cell
def _(by_department):
    by_department
    return


@app.cell
def _(by_department, mo, payroll, period):
    by_item = payroll.execute(
        """
        select lines.line_kind, lines.pay_item_code, sum(lines.hours) as hours, sum(lines.amount) as amount
        from payroll.fct_payslip_lines as lines
        inner join payroll.fct_payslips as slips on lines.payslip_id = slips.payslip_id
        where slips.pay_period_id = $period and slips.status = 'calculated'
            and lines.line_kind in ('earning', 'employer_tax')
        group by lines.line_kind, lines.pay_item_code order by lines.line_kind, amount desc
        """,
        {"period": period.value},
    ).pl()
    assert by_item["amount"].sum() == by_department["cost"].sum()
    mo.md("## By pay item, which adds up to the same")
    return (by_item,)


@app.cell
def _(by_item):
    by_item
    return


if __name__ == "__main__":
    app.run()
