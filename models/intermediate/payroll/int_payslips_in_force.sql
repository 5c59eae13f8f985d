{{ config(materialized='view') }}

{# Closed periods as they were closed, open ones as they are calculated; one may be closed since. #}
with closes as (

    select * from {{ ref('int_pay_periods_closed') }}

),

calculated as (

    select payslips.*
    from {{ ref('int_payslips') }} as payslips
    left join closes
        on payslips.pay_period_id = closes.pay_period_id
    where closes.pay_period_id is null

)

{% for relation, is_closed in [(ref('int_closed_payslips'), 'true'), ('calculated', 'false')] -%}
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
