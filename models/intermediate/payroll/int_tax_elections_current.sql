with tax_elections as (

    {{ newest_rows('stg_payroll__tax_elections', ['employee_id', 'jurisdiction', 'effective_on']) }}

)

select
    employee_id,
    jurisdiction,
    filing_status,
    dependents_amount,
    other_income_amount,
    deductions_amount,
    extra_withholding_amount,
    allowances,
    is_step_2_checked,
    is_exempt,
    effective_on,
    {{ effective_before(['employee_id', 'jurisdiction']) }} as effective_before_on
from tax_elections
