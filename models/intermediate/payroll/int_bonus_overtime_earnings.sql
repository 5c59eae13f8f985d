with item_earnings as (

    select * from {{ ref('int_item_earnings') }}

),

pay_items as (

    select * from {{ ref('pay_items') }}

),

workweeks as (

    select * from {{ ref('int_workweek_hours') }}
    where pay_period_id is not null and overtime_seconds > 0

),

pay_periods as (

    select
        pay_period_id,
        {{ weeks_ending_between('starts_on', 'ends_before_on', 'workweek_starts_on') }} as week_count
    from {{ ref('int_pay_periods') }}

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

overtime as (

    select
        workweeks.pay_period_id || '/' || workweeks.employee_id as payslip_id,
        workweeks.counted_seconds,
        workweeks.overtime_seconds,
        workweeks.overtime_multiple,
        pay_periods.week_count,
        workweeks.workweek_starts_on
    from workweeks
    inner join pay_periods
        on workweeks.pay_period_id = pay_periods.pay_period_id

)

select
    bonuses.payslip_id,
    'OT' as pay_item_code,
    'OT/bonus/' || cast(overtime.workweek_starts_on as string) as line_key,
    cast(null as decimal(18, 5)) as hours,
    cast(round({{ quotient(
        'bonuses.bonus_amount * 3600 * (overtime.overtime_multiple - 1)',
        'overtime.counted_seconds * overtime.week_count'
    ) }}, 5) as decimal(28, 5)) as rate,
    bonuses.bonus_amount as basis_amount,
    {{ quotient(
        'bonuses.bonus_amount * overtime.overtime_seconds * (overtime.overtime_multiple - 1)',
        'overtime.counted_seconds * overtime.week_count'
    ) }} as exact_amount,
    'Workweek from ' || cast(overtime.workweek_starts_on as string)
    || ': its part of the bonus over its hours, half of it again for the overtime hours that another line shows.'
        as explanation
from bonuses
inner join overtime
    on bonuses.payslip_id = overtime.payslip_id
