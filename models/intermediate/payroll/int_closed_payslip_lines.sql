with lines as (

    select * from {{ ref('stg_payroll__closed_payslip_lines') }}

),

closes as (

    select * from {{ ref('int_pay_periods_closed') }}

)

select
    lines.payslip_line_id,
    lines.payslip_id,
    lines.pay_period_id,
    lines.employee_id,
    lines.pay_item_code,
    lines.corrects_pay_period_id,
    lines.line_kind,
    lines.currency,
    lines.explanation,
    lines.line_order,
    lines.hours,
    lines.rate,
    lines.basis_amount,
    lines.amount
from lines
inner join closes
    on lines.close_id = closes.close_id
