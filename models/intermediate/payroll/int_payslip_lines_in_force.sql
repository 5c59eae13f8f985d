{{ config(materialized='view') }}

{# Closed periods as they were closed, open ones as they are calculated; one may be closed since. #}
with closes as (

    select * from {{ ref('int_pay_periods_closed') }}

),

calculated as (

    select payslip_lines.*
    from {{ ref('int_payslip_lines') }} as payslip_lines
    left join closes
        on payslip_lines.pay_period_id = closes.pay_period_id
    where closes.pay_period_id is null

)

{% for relation, is_closed in [(ref('int_closed_payslip_lines'), 'true'), ('calculated', 'false')] -%}
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
    {{ is_closed }} as is_closed
from {{ relation }}
{%- if not loop.last %}
union all
{% endif -%}
{%- endfor %}
