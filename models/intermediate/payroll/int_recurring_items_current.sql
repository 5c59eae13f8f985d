with recurring_items as (

    {{ newest_rows('stg_payroll__recurring_items', ['employee_id', 'pay_item_code', 'effective_on']) }}

)

select
    employee_id,
    pay_item_code,
    calculation,
    value,
    yearly_limit,
    total_limit,
    effective_on,
    {{ effective_before(['employee_id', 'pay_item_code'], ended_on='ended_on') }} as effective_before_on,
    ended_on
from recurring_items
