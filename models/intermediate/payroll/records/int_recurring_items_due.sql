{# An off-cycle run takes of them what it names; a payslip of somebody who left, and is owed pay, what courts order. #}
with candidates as (

    select * from {{ ref('int_payslip_candidates') }}

),

delivered as (

    {{ newest_rows('stg_payroll__recurring_items', ['employee_id', 'pay_item_code', 'order_id', 'effective_on']) }}

),

pay_items as (

    select * from {{ ref('pay_items') }}

),

recurring_items as (

    select
        *,
        min(effective_on) over (partition by employee_id, pay_item_code, order_id) as order_received_on,
        {{ effective_before(['employee_id', 'pay_item_code', 'order_id'], ended_on='ended_on') }} as effective_before_on
    from delivered

)

select
    candidates.payslip_id,
    candidates.pay_period_id,
    candidates.employee_id,
    recurring_items.pay_item_code,
    recurring_items.order_id,
    recurring_items.order_kind,
    recurring_items.calculation,
    recurring_items.value,
    recurring_items.yearly_limit,
    recurring_items.total_limit,
    recurring_items.supports_another_family,
    recurring_items.is_in_arrears,
    recurring_items.order_received_on
from candidates
inner join recurring_items
    on
        candidates.employee_id = recurring_items.employee_id
        and {{ in_force('recurring_items', days_later('candidates.ends_before_on', -1)) }}
left join pay_items
    on recurring_items.pay_item_code = pay_items.pay_item_code
where
    case
        when not candidates.has_days
            then ' ' || coalesce(candidates.items, '') || ' ' like '% ' || recurring_items.pay_item_code || ' %'
        when candidates.is_only_if_owed then coalesce(pay_items.line_kind = 'garnishment', false)
        else true
    end
