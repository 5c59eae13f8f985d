with payslips as (

    select * from {{ ref('int_payslips_in_force') }}

)

select
    payslip_id,
    pay_period_id,
    employee_id,
    pay_group,
    department,
    work_state,
    currency,
    status,
    blocked_reason,
    gross_amount,
    pretax_amount,
    employee_tax_amount,
    garnishment_amount,
    posttax_amount,
    net_amount,
    employer_tax_amount,
    is_closed,
    paid_on
from payslips
