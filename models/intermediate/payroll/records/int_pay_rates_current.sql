with pay_rates as (

    {{ newest_rows('stg_payroll__pay_rates', ['employee_id', 'job_code', 'effective_on']) }}

)

select
    employee_id,
    job_code,
    rate_kind,
    rate,
    is_overtime_eligible,
    effective_on,
    {{ effective_before(['employee_id', 'job_code']) }} as effective_before_on
from pay_rates
