{# Hours day by day. Overtime belongs to a workweek; a day shows as overtime the hours by which it takes the week over
   its limit, so the days of a week add up to what the week pays. #}
with worked_days as (

    select * from {{ ref('int_worked_days') }}

),

workweeks as (

    select * from {{ ref('int_workweek_hours') }}

),

counted as (

    select
        worked_days.*,
        workweeks.counted_seconds - workweeks.overtime_seconds
        - coalesce(workweeks.day_overtime_seconds, 0) as limit_seconds,
        case when worked_days.is_overtime_eligible then worked_days.worked_seconds else 0 end as counted_seconds
    from worked_days
    left join workweeks
        on
            worked_days.employee_id = workweeks.employee_id
            and worked_days.workweek_starts_on = workweeks.workweek_starts_on

),

in_order as (

    select
        *,
        sum(counted_seconds) over (
            partition by employee_id, workweek_starts_on order by worked_on, job_code
            rows between unbounded preceding and current row
        ) as counted_to_here
    from counted

),

entries as (

    select
        employee_id,
        job_code,
        worked_seconds,
        greatest(least(counted_seconds, coalesce(counted_to_here - limit_seconds, 0)), 0) as overtime_seconds,
        0 as leave_hours,
        0 as question_count,
        worked_on
    from in_order
    union all
    select
        employee_id,
        job_code,
        0 as worked_seconds,
        0 as overtime_seconds,
        hours as leave_hours,
        0 as question_count,
        leave_on as worked_on
    from {{ ref('int_leave_days') }}
    union all
    select
        employee_id,
        job_code,
        0 as worked_seconds,
        0 as overtime_seconds,
        0 as leave_hours,
        1 as question_count,
        {{ workday('punched_at', 'time_zone', 'workday_starts_hour') }} as worked_on
    from {{ ref('int_punch_questions') }}
    where employee_id is not null

),

summed as (

    select
        employee_id,
        job_code,
        {{ hours_of('sum(worked_seconds)') }} as worked_hours,
        {{ hours_of('sum(overtime_seconds)') }} as overtime_hours,
        cast(sum(leave_hours) as decimal(18, 5)) as leave_hours,
        cast(sum(question_count) as integer) as question_count,
        worked_on
    from entries
    group by employee_id, job_code, worked_on

),

employees as (

    select * from {{ ref('dim_employees') }}

),

pay_periods as (

    select * from {{ ref('int_pay_periods') }}

)

select
    {{ surrogate_key(['summed.employee_id', 'summed.worked_on', 'summed.job_code']) }} as timesheet_id,
    summed.employee_id,
    pay_periods.pay_period_id,
    employees.department,
    summed.job_code,
    cast(summed.worked_hours - summed.overtime_hours as decimal(18, 5)) as regular_hours,
    summed.overtime_hours,
    summed.worked_hours,
    summed.leave_hours,
    summed.question_count,
    summed.worked_on
from summed
left join employees
    on
        summed.employee_id = employees.employee_id
        and {{ in_force('employees', 'summed.worked_on') }}
left join pay_periods
    on
        employees.pay_group = pay_periods.pay_group
        and summed.worked_on >= pay_periods.starts_on
        and summed.worked_on < pay_periods.ends_before_on
