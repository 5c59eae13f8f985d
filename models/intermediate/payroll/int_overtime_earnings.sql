with workweeks as (

    select * from {{ ref('int_workweek_hours') }}
    where pay_period_id is not null

),

item_earnings as (

    select * from {{ ref('int_item_earnings') }}

),

pay_items as (

    select * from {{ ref('pay_items') }}

),

pay_periods as (

    select
        pay_period_id,
        {{ weeks_ending_between('starts_on', 'ends_before_on', 'workweek_starts_on') }} as week_count
    from {{ ref('int_pay_periods') }}

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

),

bonuses as (

    select
        item_earnings.payslip_id,
        cast(sum(item_earnings.exact_amount) as decimal(28, 5)) as bonus_amount
    from item_earnings
    inner join pay_items
        on item_earnings.pay_item_code = pay_items.pay_item_code
    where pay_items.is_in_regular_rate
    group by item_earnings.payslip_id

),

shares as (

    select
        bonuses.payslip_id,
        bonuses.bonus_amount,
        workweeks.counted_seconds,
        workweeks.overtime_seconds,
        workweeks.overtime_multiple,
        pay_periods.week_count,
        workweeks.workweek_starts_on
    from workweeks
    inner join pay_periods
        on workweeks.pay_period_id = pay_periods.pay_period_id
    inner join bonuses
        on workweeks.pay_period_id || '/' || workweeks.employee_id = bonuses.payslip_id
    where workweeks.overtime_seconds > 0

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
union all
select
    payslip_id,
    'OT' as pay_item_code,
    'OT/bonus/' || cast(workweek_starts_on as string) as line_key,
    cast(null as decimal(18, 5)) as hours,
    cast(round({{ quotient(
        'bonus_amount * 3600 * (overtime_multiple - 1)', 'counted_seconds * week_count'
    ) }}, 5) as decimal(28, 5)) as rate,
    bonus_amount as basis_amount,
    {{ quotient(
        'bonus_amount * overtime_seconds * (overtime_multiple - 1)', 'counted_seconds * week_count'
    ) }} as exact_amount,
    'Workweek from ' || cast(workweek_starts_on as string)
    || ': its part of the bonus over its hours, half of it again for the overtime hours that another line shows.'
        as explanation
from shares
