with candidates as (

    select * from {{ ref('int_payslip_candidates') }}

),

recurring_items as (

    select * from {{ ref('int_recurring_items_current') }}

)

select
    candidates.payslip_id,
    recurring_items.pay_item_code,
    recurring_items.calculation,
    recurring_items.value,
    recurring_items.yearly_limit,
    recurring_items.total_limit
from candidates
inner join recurring_items
    on
        candidates.employee_id = recurring_items.employee_id
        and {{ in_force('recurring_items', days_later('candidates.ends_before_on', -1)) }}
