{# Each order takes at most what the law lets its kind take (own_limit_amount), and with those before it at most what
   the law lets them take together. What support leaves of the quarter that is everybody else's limit, others may take
   (29 CFR 870.11). An order whose kind HR does not say is taken for a creditor's. #}
{% call deductions_taken('garnishment', by_order=true) %}
select
    orders.payslip_id,
    orders.order_id,
    case
        when orders.order_kind in ('support', 'tax_levy') then least(limits.left_amount, orders.own_limit_amount)
        when orders.order_kind = 'creditor' then least(limits.available_amount, orders.own_limit_amount)
        else limits.available_amount
    end as available_amount,
    case when orders.order_kind is not null then orders.own_limit_amount end as own_limit_amount,
    limits.basis_amount
from (
    select
        requested.payslip_id,
        coalesce(requested.order_id, '') as order_id,
        requested.order_kind,
        coalesce(min(case when rules.order_kind is not null then {{ rounded(
            "least("
            ~ "rules.share * case rules.share_of when 'gross' then limits.gross_amount else limits.basis_amount end, "
            ~ "greatest(limits.basis_amount - rules.free_hours * limits.hour_a_week_amount, 0))",
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
    group by requested.payslip_id, coalesce(requested.order_id, ''), requested.order_kind
) as orders
inner join {{ ref('int_garnishment_limits') }} as limits
    on orders.payslip_id = limits.payslip_id
{% endcall %}
