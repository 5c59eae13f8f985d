{{ config(materialized='view') }}

{# Closed periods as they were closed, open ones as they are calculated. #}
{% for relation, is_closed in [(ref('int_closed_payslips'), 'true'), (ref('int_payslips'), 'false')] -%}
select
    payslip_id,
    pay_period_id,
    employee_id,
    pay_group,
    department,
    work_state,
    currency,
    status,
    blocked_reason,
    gross_amount,
    pretax_amount,
    employee_tax_amount,
    garnishment_amount,
    posttax_amount,
    net_amount,
    employer_tax_amount,
    {{ is_closed }} as is_closed,
    paid_on
from {{ relation }}
{%- if not loop.last %}
union all
{% endif -%}
{%- endfor %}
