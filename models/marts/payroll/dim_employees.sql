with employees as (

    {{ newest_rows('stg_payroll__employees', ['employee_id', 'effective_on']) }}

)

select
    {{ surrogate_key(['employee_id', 'effective_on']) }} as employee_version_id,
    employee_id,
    {{ employee_key('employee_id') }} as employee_key,
    name,
    tax_id,
    department,
    pay_group,
    work_state,
    home_state,
    job_code,
    hired_on,
    left_on,
    effective_on,
    {{ effective_before(['employee_id']) }} as effective_before_on
from employees
