{# Each order takes at most what the law lets its kind take (own_limit_amount), and with those before it at most what
   the law lets them take together (shared_limit_amount), of all payslips that were earned in the same days. What support
   leaves of the quarter that is everybody else's limit, others may take (29 CFR 870.11). An order whose kind HR does not
   say is taken for a creditor's. #}
{% call deductions_taken('garnishment', by_order=true) %}
select
    orders.payslip_id,
    orders.pay_item_code,
    orders.order_id,
    limits.earned_in,
    limits.left_amount as available_amount,
    case
        when orders.order_kind in ('support', 'tax_levy') then orders.own_limit_amount
        when orders.order_kind = 'creditor' then least(limits.limit_amount, orders.own_limit_amount)
        else limits.limit_amount
    end - limits.closed_garnishment_amount as shared_limit_amount,
    case
        when orders.order_kind is not null then orders.own_limit_amount - coalesce(closed.taken_amount, 0)
    end as own_limit_amount,
    limits.basis_amount
from (
    select
        requested.payslip_id,
        requested.pay_item_code,
        coalesce(requested.order_id, '') as order_id,
        requested.order_kind,
        coalesce(min(case when rules.order_kind is not null then {{ rounded(
            "least("
            ~ "rules.share * case rules.share_of "
            ~ "when 'gross' then limits.earned_gross_amount else limits.earned_disposable_amount end, "
            ~ "greatest(limits.earned_disposable_amount - rules.free_hours * limits.hour_a_week_amount, 0))",
            'limits.garnishment_limit_method'
        ) }} end), max(limits.limit_amount)) as own_limit_amount
    from {{ ref('int_deductions_requested') }} as requested
    inner join {{ ref('int_garnishment_limits') }} as limits
        on requested.payslip_id = limits.payslip_id
    left join {{ ref('garnishment_limits') }} as rules
        on
            requested.order_kind = rules.order_kind
            and rules.jurisdiction in ('US', limits.work_state)
            and coalesce(rules.supports_another_family = coalesce(requested.supports_another_family, true), true)
            and coalesce(rules.is_in_arrears = coalesce(requested.is_in_arrears, false), true)
            and {{ in_force('rules', 'limits.paid_on') }}
    where requested.calculation_step = 'garnishment'
    group by
        requested.payslip_id, requested.pay_item_code, coalesce(requested.order_id, ''), requested.order_kind
) as orders
inner join {{ ref('int_garnishment_limits') }} as limits
    on orders.payslip_id = limits.payslip_id
left join (
    select
        limits.payslip_id,
        substr(frozen_lines.payslip_line_id, length(frozen_lines.payslip_id) + 2) as line_key,
        sum(-frozen_lines.amount) as taken_amount
    from {{ ref('int_garnishment_limits') }} as limits
    inner join {{ ref('int_pay_periods') }} as pay_periods
        on limits.earned_in = pay_periods.earned_in
    inner join {{ ref('int_closed_payslip_lines') }} as frozen_lines
        on
            pay_periods.pay_period_id = frozen_lines.pay_period_id
            and limits.employee_id = frozen_lines.employee_id
    left join {{ ref('int_voided_payslips') }} as voided
        on frozen_lines.payslip_id = voided.payslip_id
    where
        frozen_lines.line_kind = 'garnishment'
        and voided.payslip_id is null
    group by limits.payslip_id, substr(frozen_lines.payslip_line_id, length(frozen_lines.payslip_id) + 2)
) as closed
    on
        orders.payslip_id = closed.payslip_id
        and orders.pay_item_code || coalesce('/' || nullif(orders.order_id, ''), '') = closed.line_key
{% endcall %}
