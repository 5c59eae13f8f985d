with lines as (

    select * from {{ ref('int_payslip_lines_in_force') }}

)

select
    payslip_line_id,
    payslip_id,
    pay_period_id,
    employee_id,
    pay_item_code,
    corrects_pay_period_id,
    line_kind,
    currency,
    explanation,
    line_order,
    hours,
    rate,
    basis_amount,
    amount,
    is_closed
from lines
