with employees as (

    {{ newest_rows('stg_payroll__employees', ['employee_id', 'effective_on']) }}

)

select
    employee_id,
    name,
    tax_id,
    department,
    pay_group,
    work_state,
    job_code,
    hired_on,
    left_on,
    effective_on,
    {{ effective_before(['employee_id']) }} as effective_before_on
from employees
