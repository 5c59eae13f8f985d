with rate_spans as (

    select * from {{ ref('int_rate_spans') }}
    where rate_kind = 'salary' and weekdays > 0

),

worked as (

    select
        pay_period_id,
        employee_id,
        job_code,
        rate,
        sum(worked_seconds) as worked_seconds
    from {{ ref('int_worked_days') }}
    where pay_period_id is not null and rate_kind = 'hourly'
    group by pay_period_id, employee_id, job_code, rate

),

leave_taken as (

    select
        pay_period_id,
        employee_id,
        pay_item_code,
        rate_kind,
        rate,
        cast(sum(hours) as decimal(18, 5)) as hours
    from {{ ref('int_leave_days') }}
    where pay_period_id is not null and rate is not null
    group by pay_period_id, employee_id, pay_item_code, rate_kind, rate

)

select
    pay_period_id || '/' || employee_id as payslip_id,
    'SAL' as pay_item_code,
    'SAL/' || job_code || '/' || cast(from_on as string) as line_key,
    cast(null as decimal(18, 5)) as hours,
    rate,
    {{ quotient('rate * weekdays', 'periods_per_year * period_weekdays') }} as exact_amount,
    'Yearly salary over ' || cast(periods_per_year as string) || ' periods, ' || cast(weekdays as string) || ' of '
    || cast(period_weekdays as string) || ' weekdays.' as explanation
from rate_spans
union all
select
    pay_period_id || '/' || employee_id as payslip_id,
    'REG' as pay_item_code,
    'REG/' || job_code || '/' || {{ money_text('rate') }} as line_key,
    {{ hours_of('worked_seconds') }} as hours,
    rate,
    {{ quotient('worked_seconds * rate', 3600) }} as exact_amount,
    'Hours in job ' || job_code || ' times its rate; hours beyond the weekly limit are among them.' as explanation
from worked
union all
select
    pay_period_id || '/' || employee_id as payslip_id,
    pay_item_code,
    pay_item_code || '/' || rate_kind || '/' || {{ money_text('rate') }} as line_key,
    hours,
    rate,
    case
        when rate_kind = 'hourly' then cast(hours * cast(rate as decimal(18, 5)) as decimal(38, 12))
        else cast(0 as decimal(38, 12))
    end as exact_amount,
    case
        when rate_kind = 'hourly' then 'Hours of leave times the rate of the main job on the day.'
        else 'The salary pays these hours.'
    end as explanation
from leave_taken
