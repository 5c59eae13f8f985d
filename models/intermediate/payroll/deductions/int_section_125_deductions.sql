{% call deductions_taken('section_125') %}
select
    payslip_id,
    gross_amount as available_amount,
    gross_amount as basis_amount
from {{ ref('int_payslips_calculable') }}
{% endcall %}
