with worked_days as (

    select * from {{ ref('int_worked_days') }}
    where pay_period_id is not null

),

workweeks as (

    select * from {{ ref('int_workweek_hours') }}
    where pay_period_id is not null and overtime_seconds > 0

),

overtime as (

    select
        *,
        {{ quotient('annual_rate_seconds', 'counted_seconds * salary_hours_per_year') }} as regular_rate
    from workweeks

),

straight as (

    select
        pay_period_id,
        employee_id,
        job_code,
        rate_kind,
        rate,
        sum(worked_seconds) as worked_seconds,
        workweek_starts_on
    from worked_days
    group by pay_period_id, employee_id, job_code, rate_kind, rate, workweek_starts_on

)

select
    pay_period_id || '/' || employee_id as payslip_id,
    'straight' as hours_kind,
    job_code,
    rate_kind,
    cast(worked_seconds as bigint) as worked_seconds,
    {{ hours_of('worked_seconds') }} as hours,
    rate,
    workweek_starts_on
from straight
union all
select
    pay_period_id || '/' || employee_id as payslip_id,
    'overtime' as hours_kind,
    cast(null as string) as job_code,
    cast(null as string) as rate_kind,
    cast(overtime_seconds as bigint) as worked_seconds,
    {{ hours_of('overtime_seconds') }} as hours,
    cast(round(regular_rate, 5) as decimal(28, 5)) as rate,
    workweek_starts_on
from overtime
