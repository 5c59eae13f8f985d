with item_earnings as (

    select * from {{ ref('int_item_earnings') }}

),

pay_items as (

    select * from {{ ref('pay_items') }}

),

workweeks as (

    select * from {{ ref('int_workweek_hours') }}
    where pay_period_id is not null

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

hours as (

    select
        pay_period_id || '/' || employee_id as payslip_id,
        cast(sum(counted_seconds) as bigint) as counted_seconds,
        cast(sum(overtime_seconds) as bigint) as overtime_seconds,
        max(overtime_multiple) as overtime_multiple
    from workweeks
    group by pay_period_id, employee_id

)

select
    bonuses.payslip_id,
    'OT' as pay_item_code,
    'OT/bonus' as line_key,
    {{ hours_of('hours.overtime_seconds') }} as hours,
    cast(round({{ quotient(
        'bonuses.bonus_amount * 3600 * (hours.overtime_multiple - 1)', 'hours.counted_seconds'
    ) }}, 5) as decimal(28, 5)) as rate,
    bonuses.bonus_amount as basis_amount,
    {{ quotient(
        'bonuses.bonus_amount * hours.overtime_seconds * (hours.overtime_multiple - 1)', 'hours.counted_seconds'
    ) }} as exact_amount,
    'The bonus spread over the hours of the workweeks that end in the period: half again for overtime.' as explanation
from bonuses
inner join hours
    on bonuses.payslip_id = hours.payslip_id
where hours.overtime_seconds > 0
