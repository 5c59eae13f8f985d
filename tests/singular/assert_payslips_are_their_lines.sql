{{ config(meta={'dagster': {'ref': {'name': 'fct_payslips'}}}) }}
-- Each total of a payslip, as it was closed or is calculated, is the sum of its lines of that kind, to the cent and
-- without a tolerance; one that is calculated is never below zero, and a blocked one has no lines.
-- Behind payroll's controls, so that a payslip that fails here does not skip the one that says of which period it is.
-- depends_on: {{ ref('fct_payroll_controls') }}
{%- set kinds = {
    'gross_amount': 'earning',
    'pretax_amount': 'pretax',
    'employee_tax_amount': 'employee_tax',
    'garnishment_amount': 'garnishment',
    'posttax_amount': 'posttax',
    'employer_tax_amount': 'employer_tax',
} %}
with sums as (

    select
        payslip_id,
        count(*) as line_count,
        {%- for total, kind in kinds.items() %}
        sum(case when line_kind = '{{ kind }}' then amount else 0 end) as {{ total }},
        {%- endfor %}
        sum(case when line_kind = 'employer_tax' then 0 else amount end) as net_amount
    from {{ ref('fct_payslip_lines') }}
    group by payslip_id

)

select
    payslips.payslip_id,
    payslips.status,
    sums.line_count
from {{ ref('fct_payslips') }} as payslips
left join sums
    on payslips.payslip_id = sums.payslip_id
where
    payslips.net_amount is distinct from coalesce(sums.net_amount, 0)
    {%- for total in kinds %}
    or payslips.{{ total }} is distinct from coalesce(sums.{{ total }}, 0)
    {%- endfor %}
    or (payslips.net_amount < 0 and not payslips.is_closed)
    or (payslips.status = 'blocked' and sums.payslip_id is not null)
