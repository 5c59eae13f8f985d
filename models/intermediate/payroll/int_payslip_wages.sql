{% for model in ['int_contribution_wages', 'int_income_wages'] -%}
select
    payslip_id,
    pay_period_id,
    employee_id,
    jurisdiction,
    wage_base,
    tax_year,
    wages_before,
    wages_amount,
    wages_to_date,
    paid_on
from {{ ref(model) }}
{% if not loop.last -%}
union all
{% endif -%}
{%- endfor -%}
