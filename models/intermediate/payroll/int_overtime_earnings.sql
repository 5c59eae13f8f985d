with workweeks as (

    select * from {{ ref('int_workweek_hours') }}
    where pay_period_id is not null

),

priced as (

    select
        *,
        {{ quotient('annual_rate_seconds', 'counted_seconds * salary_hours_per_year') }} as regular_rate,
        {{ quotient(
            'annual_rate_seconds * overtime_seconds * (overtime_multiple - 1)',
            'counted_seconds * salary_hours_per_year * 3600'
        ) }} as premium,
        coalesce({{ quotient(
            'salary_seconds * seconds_beyond_salary', 'salaried_seconds * salary_hours_per_year * 3600'
        ) }}, 0) as pay_beyond_salary
    from workweeks
    where overtime_seconds > 0 or seconds_beyond_salary > 0

)

select
    pay_period_id || '/' || employee_id as payslip_id,
    'OT' as pay_item_code,
    'OT/' || cast(workweek_starts_on as string) as line_key,
    {{ hours_of('overtime_seconds') }} as hours,
    cast(round(regular_rate * (overtime_multiple - 1), 5) as decimal(28, 5)) as rate,
    cast(round(regular_rate, 5) as decimal(28, 5)) as basis_amount,
    cast(premium + pay_beyond_salary as decimal(38, 12)) as exact_amount,
    'Workweek from ' || cast(workweek_starts_on as string) || ': overtime hours times half the blended regular rate'
    || case when pay_beyond_salary > 0 then ', and the hours beyond those the salary pays.' else '.' end as explanation
from priced
