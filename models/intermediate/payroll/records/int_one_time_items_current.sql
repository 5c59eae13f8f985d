with one_time_items as (

    {{ newest_rows('stg_payroll__one_time_items', ['one_time_item_id']) }}

)

select
    one_time_item_id,
    employee_id,
    pay_period_id,
    pay_item_code,
    corrects_pay_period_id,
    file_hash,
    load_id,
    reason,
    amount,
    hours
from one_time_items
