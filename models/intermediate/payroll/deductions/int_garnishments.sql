{# Each order takes at most what the law lets its kind take (own_limit_amount), and with those before it at most what
   the law lets them take together (shared_limit_amount), of all payslips that were earned in the same days. What support
   leaves of the quarter that is everybody else's limit, others may take (29 CFR 870.11). An order whose kind HR does not
   say is taken for a creditor's. Orders of support share what support may take, so that none goes without (45 CFR
   303.100(a)(5)): by what they ask, or in equal parts where the state of work says so. -#}
{% set of_kind = 'partition by payslip_id, order_kind' -%}
{% set by_size = of_kind ~ ' order by asked_amount, order_place' -%}
{% set part_until -%}
    {{ rounded(
        quotient('shared_amount * 100 * ({})', '100 * sum(asked_amount) over (' ~ of_kind ~ ')'),
        'garnishment_limit_method'
    ) }}
{%- endset %}
{% set asked_to_here = 'sum(asked_amount) over (' ~ of_kind ~ ' order by order_place)' -%}
{% call deductions_taken('garnishment', by_order=true) %}
with limits as (

    select
        *,
        closed_garnishment_amount = 0 and count(*) over (partition by employee_id, earned_in) = 1 as is_alone
    from {{ ref('int_garnishment_limits') }}

),

orders as (

    select
        requested.payslip_id,
        requested.pay_item_code,
        coalesce(requested.order_id, '') as order_id,
        requested.order_kind,
        max(requested.order_place) as order_place,
        max(limits.garnishment_limit_method) as garnishment_limit_method,
        cast(least(
            max(case requested.calculation
                when 'percentage' then limits.basis_amount * requested.value * 0.01
                else requested.value
            end),
            coalesce(max(requested.total_limit - requested.total_taken_amount), 10000000000)
        ) as decimal(13, 2)) as asked_amount,
        max(limits.left_amount) as left_amount,
        coalesce(max(policies.value), 0) = 1 as is_shared_equally,
        max(case when limits.is_alone then 1 else 0 end) = 1 as is_alone,
        coalesce(min(case when rules.order_kind is not null then {{ rounded(
            "least("
            ~ "rules.share * case rules.share_of "
            ~ "when 'gross' then limits.earned_gross_amount else limits.earned_disposable_amount end, "
            ~ "greatest(limits.earned_disposable_amount - rules.free_hours * limits.hour_a_week_amount, 0))",
            'limits.garnishment_limit_method'
        ) }} end), max(limits.limit_amount)) as own_limit_amount
    from {{ ref('int_deductions_requested') }} as requested
    inner join limits
        on requested.payslip_id = limits.payslip_id
    left join {{ ref('garnishment_limits') }} as rules
        on
            requested.order_kind = rules.order_kind
            and rules.jurisdiction in ('US', limits.work_state)
            and coalesce(rules.supports_another_family = coalesce(requested.supports_another_family, true), true)
            and coalesce(rules.is_in_arrears = coalesce(requested.is_in_arrears, false), true)
            and {{ in_force('rules', 'limits.paid_on') }}
    left join {{ ref('payroll_policies') }} as policies
        on
            policies.policy_code = 'support_shared_equally'
            and limits.work_state = policies.jurisdiction
            and {{ in_force('policies', 'limits.paid_on') }}
    where requested.calculation_step = 'garnishment'
    group by
        requested.payslip_id, requested.pay_item_code, coalesce(requested.order_id, ''), requested.order_kind

),

shared as (

    select
        *,
        cast(
            case when is_alone then least(own_limit_amount, left_amount) else own_limit_amount end as decimal(13, 2)
        ) as shared_amount
    from orders

),

{# In equal parts the orders that ask for less have all of it, and the others the same: the highest of these. #}
parted as (

    select
        *,
        {{ quotient(
            'shared_amount + asked_amount - sum(asked_amount) over (' ~ by_size ~ ')',
            'count(*) over (' ~ of_kind ~ ') + 1 - row_number() over (' ~ by_size ~ ')'
        ) }} as equal_amount,
        {{ part_until | replace('{}', asked_to_here) }}
        - {{ part_until | replace('{}', asked_to_here ~ ' - asked_amount') }} as proportional_amount
    from shared

),

own as (

    select
        *,
        case
            when order_kind <> 'support' or count(*) over ({{ of_kind }}) = 1 then own_limit_amount
            when is_shared_equally
                then {{ rounded('max(equal_amount) over (' ~ of_kind ~ ')', 'garnishment_limit_method') }}
            else proportional_amount
        end as part_amount
    from parted

),

closed as (

    select
        limits.payslip_id,
        substr(frozen_lines.payslip_line_id, length(frozen_lines.payslip_id) + 2) as line_key,
        sum(-frozen_lines.amount) as taken_amount
    from limits
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

)

select
    own.payslip_id,
    own.pay_item_code,
    own.order_id,
    limits.earned_in,
    limits.left_amount as available_amount,
    case
        when own.order_kind in ('support', 'tax_levy') then own.own_limit_amount
        when own.order_kind = 'creditor' then least(limits.limit_amount, own.own_limit_amount)
        else limits.limit_amount
    end - limits.closed_garnishment_amount as shared_limit_amount,
    case
        when own.order_kind is not null then own.part_amount - coalesce(closed.taken_amount, 0)
    end as own_limit_amount,
    limits.basis_amount
from own
inner join limits
    on own.payslip_id = limits.payslip_id
left join closed
    on
        own.payslip_id = closed.payslip_id
        and own.pay_item_code || coalesce('/' || nullif(own.order_id, ''), '') = closed.line_key
{% endcall %}
