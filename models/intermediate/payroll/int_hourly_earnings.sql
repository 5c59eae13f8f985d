with worked_days as (

    select * from {{ ref('int_worked_days') }}
    where pay_period_id is not null and rate_kind = 'hourly'

),

summed as (

    select
        pay_period_id,
        employee_id,
        job_code,
        rate,
        sum(worked_seconds) as worked_seconds
    from worked_days
    group by pay_period_id, employee_id, job_code, rate

)

select
    pay_period_id || '/' || employee_id as payslip_id,
    'REG' as pay_item_code,
    'REG/' || job_code || '/' || {{ money_text('rate') }} as line_key,
    {{ hours_of('worked_seconds') }} as hours,
    rate,
    cast(null as decimal(28, 5)) as basis_amount,
    {{ quotient('worked_seconds * rate', 3600) }} as exact_amount,
    'Hours in job ' || job_code || ' times its rate; hours beyond the weekly limit are among them.' as explanation
from summed
