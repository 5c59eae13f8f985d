-- Closes period {period}, counted from 0, with the payslips that the warehouse has calculated, and writes them into the
-- lake {lake} as `tieout close-period` does.
create or replace temp table closing as
select
    pay_period_id,
    strftime(paid_on - 2, '%Y%m%dT060000.000000Z-') || pay_group as load_id,
    paid_on
from payroll.int_pay_periods
where starts_on = date '2025-12-22' + 14 * {period};

copy (
    select
        payslips.* exclude (is_closed, paid_on, voided_on),
        payslips.paid_on,
        cast(null as varchar) as file_hash,
        closing.load_id
    from payroll.fct_payslips as payslips
    inner join closing
        on payslips.pay_period_id = closing.pay_period_id
) to '{lake}/closed_payslips/period-{period:02d}.parquet';

copy (
    select
        lines.* exclude (is_closed),
        cast(null as varchar) as file_hash,
        closing.load_id
    from payroll.fct_payslip_lines as lines
    inner join closing
        on lines.pay_period_id = closing.pay_period_id
) to '{lake}/closed_payslip_lines/period-{period:02d}.parquet';

copy (
    select
        closing.load_id as close_id,
        closing.pay_period_id,
        'benchmark' as closed_by,
        cast(null as varchar) as note,
        count(*) as payslip_count,
        cast(0 as bigint) as line_count,
        cast(sum(payslips.net_amount) as decimal(28, 5)) as net_total,
        timezone('UTC', cast(closing.paid_on as timestamp)) as closed_at,
        cast(null as varchar) as file_hash,
        closing.load_id
    from closing
    inner join payroll.fct_payslips as payslips
        on closing.pay_period_id = payslips.pay_period_id
    group by closing.load_id, closing.pay_period_id, closing.paid_on
) to '{lake}/payroll_closes/period-{period:02d}.parquet';
