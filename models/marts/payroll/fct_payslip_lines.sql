{#- Closed periods as they were closed, open ones as they are calculated. -#}
{%- set deductions_and_taxes = [
    'int_section_125_deductions', 'int_contributions', 'int_retirement_deductions', 'int_income_taxes',
    'int_garnishments', 'int_posttax_deductions',
] -%}
with closed as (

    select * from {{ ref('int_closed_payslip_lines') }}

),

calculated as (

    select
        payslip_id,
        pay_item_code,
        line_key,
        corrects_pay_period_id,
        cast(null as string) as line_kind,
        explanation,
        hours,
        rate,
        basis_amount,
        amount,
        cast(null as decimal(18, 5)) as balance_hours
    from {{ ref('int_earnings') }}
    {% for model in deductions_and_taxes -%}
    union all
    select
        payslip_id,
        pay_item_code,
        line_key,
        cast(null as string) as corrects_pay_period_id,
        cast(null as string) as line_kind,
        explanation,
        cast(null as decimal(18, 5)) as hours,
        rate,
        basis_amount,
        amount,
        cast(null as decimal(18, 5)) as balance_hours
    from {{ ref(model) }}
    {% endfor -%}
    {# Leave that is earned, and what of it the new year does not carry over. #}
    {%- for line_key, hours in [('leave', 'accrued_hours'), ('leave/lost', '-lost_hours')] %}
    union all
    select
        payslip_id,
        pay_item_code,
        pay_item_code || '/{{ line_key }}' as line_key,
        cast(null as string) as corrects_pay_period_id,
        'leave' as line_kind,
        explanation,
        cast({{ hours }} as decimal(18, 5)) as hours,
        cast(null as decimal(28, 5)) as rate,
        cast(null as decimal(28, 5)) as basis_amount,
        cast(0 as decimal(28, 5)) as amount,
        {{ 'balance_hours' if loop.first else 'cast(null as decimal(18, 5)) as balance_hours' }}
    from {{ ref('int_leave_balances') }}
    {{- '\n    where lost_hours <> 0' if not loop.first }}
    {%- endfor %}

),

payslips as (

    select * from {{ ref('int_payslips_calculable') }}

),

candidates as (

    select * from {{ ref('int_payslip_candidates') }}
    where is_open

),

pay_items as (

    select * from {{ ref('pay_items') }}

)

select
    payslip_line_id,
    payslip_id,
    pay_period_id,
    employee_id,
    pay_item_code,
    corrects_pay_period_id,
    line_kind,
    currency,
    explanation,
    line_order,
    hours,
    cast(rate as decimal(28, 5)) as rate,
    basis_amount,
    amount,
    balance_hours,
    true as is_closed
from closed
union all
select
    calculated.payslip_id || '/' || calculated.line_key as payslip_line_id,
    calculated.payslip_id,
    payslips.pay_period_id,
    payslips.employee_id,
    calculated.pay_item_code,
    calculated.corrects_pay_period_id,
    coalesce(calculated.line_kind, pay_items.line_kind) as line_kind,
    candidates.currency,
    calculated.explanation,
    pay_items.line_order,
    calculated.hours,
    cast(calculated.rate as decimal(28, 5)) as rate,
    calculated.basis_amount,
    calculated.amount,
    calculated.balance_hours,
    false as is_closed
from calculated
inner join payslips
    on calculated.payslip_id = payslips.payslip_id
inner join candidates
    on calculated.payslip_id = candidates.payslip_id
inner join pay_items
    on calculated.pay_item_code = pay_items.pay_item_code
