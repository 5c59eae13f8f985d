with leave as (

    {{ newest_rows('stg_payroll__leave', ['employee_id', 'leave_on', 'pay_item_code']) }}

)

select
    employee_id,
    pay_item_code,
    hours,
    leave_on
from leave
