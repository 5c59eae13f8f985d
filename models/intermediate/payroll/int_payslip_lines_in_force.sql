{{ config(materialized='view') }}

{# Closed periods as they were closed, open ones as they are calculated. #}
{% for relation, is_closed in [
    (ref('int_closed_payslip_lines'), 'true'), (ref('int_payslip_lines'), 'false'),
] -%}
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
