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
        explanation,
        hours,
        rate,
        basis_amount,
        amount
    from {{ ref('int_earnings') }}
    {% for model in deductions_and_taxes -%}
    union all
    select
        payslip_id,
        pay_item_code,
        line_key,
        cast(null as string) as corrects_pay_period_id,
        explanation,
        cast(null as decimal(18, 5)) as hours,
        rate,
        basis_amount,
        amount
    from {{ ref(model) }}
    {% endfor %}

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
    pay_items.line_kind,
    candidates.currency,
    calculated.explanation,
    pay_items.line_order,
    calculated.hours,
    cast(calculated.rate as decimal(28, 5)) as rate,
    calculated.basis_amount,
    calculated.amount,
    false as is_closed
from calculated
inner join payslips
    on calculated.payslip_id = payslips.payslip_id
inner join candidates
    on calculated.payslip_id = candidates.payslip_id
inner join pay_items
    on calculated.pay_item_code = pay_items.pay_item_code
