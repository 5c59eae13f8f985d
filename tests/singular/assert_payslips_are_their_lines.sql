{{ config(group='payroll') }}
-- The net pay of a payslip is the sum of its lines without the employer's taxes, never below zero; a blocked payslip
-- has no lines.
with lines as (

    select
        payslip_id,
        sum(case when line_kind = 'employer_tax' then 0 else amount end) as net_amount
    from {{ ref('int_payslip_lines') }}
    group by payslip_id

)

select
    payslips.payslip_id,
    payslips.status,
    payslips.net_amount,
    lines.net_amount as lines_amount
from {{ ref('int_payslips') }} as payslips
left join lines
    on payslips.payslip_id = lines.payslip_id
where
    payslips.net_amount is distinct from coalesce(lines.net_amount, 0)
    or payslips.net_amount < 0
    or (payslips.status = 'blocked' and lines.payslip_id is not null)
