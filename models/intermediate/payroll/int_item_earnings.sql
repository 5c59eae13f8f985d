with recurring_items as (

    select * from {{ ref('int_recurring_items_due') }}

),

one_time_items as (

    select * from {{ ref('int_one_time_items_current') }}

),

pay_items as (

    select * from {{ ref('pay_items') }}
    where line_kind = 'earning'

),

earnings as (

    select
        payslip_id,
        pay_item_code,
        pay_item_code || '/recurring' as line_key,
        cast(null as string) as corrects_pay_period_id,
        cast(null as decimal(18, 5)) as hours,
        value as amount,
        'Recurring amount of each period.' as explanation
    from recurring_items
    where calculation = 'amount'
    union all
    select
        pay_period_id || '/' || employee_id as payslip_id,
        pay_item_code,
        pay_item_code || '/' || one_time_item_id as line_key,
        corrects_pay_period_id,
        cast(hours as decimal(18, 5)) as hours,
        amount,
        'One-time item ' || one_time_item_id || ': ' || reason as explanation
    from one_time_items

)

select
    earnings.payslip_id,
    earnings.pay_item_code,
    earnings.line_key,
    earnings.corrects_pay_period_id,
    earnings.hours,
    cast(earnings.amount as decimal(38, 12)) as exact_amount,
    earnings.explanation
from earnings
inner join pay_items
    on earnings.pay_item_code = pay_items.pay_item_code
