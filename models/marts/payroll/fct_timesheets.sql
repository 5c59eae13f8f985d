with days as (

    {# A day belongs to one period even where the rate of its job changes. #}
    select
        employee_id,
        worked_on,
        job_code,
        'worked' as time_kind,
        max(pay_period_id) as pay_period_id,
        cast(sum(worked_seconds) as decimal(28, 5)) / 3600 as hours
    from {{ ref('int_worked_days') }}
    group by employee_id, worked_on, job_code
    union all
    select
        employee_id,
        leave_on as worked_on,
        job_code,
        pay_item_code as time_kind,
        max(pay_period_id) as pay_period_id,
        sum(hours) as hours
    from {{ ref('int_leave_days') }}
    group by employee_id, leave_on, job_code, pay_item_code

)

select
    {{ surrogate_key(['employee_id', 'worked_on', 'job_code', 'time_kind']) }} as timesheet_id,
    employee_id,
    pay_period_id,
    job_code,
    time_kind,
    cast(hours as decimal(18, 5)) as hours,
    worked_on
from days
