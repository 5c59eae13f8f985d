with candidates as (

    select * from {{ ref('int_payslip_candidates_open') }}

),

elections as (

    select * from {{ ref('int_tax_elections_current') }}

),

rules as (

    select * from {{ ref('int_pay_period_income_tax_rules') }}

),

untaxed as (

    select distinct
        pay_period_id,
        jurisdiction
    from rules
    where method = 'none'

),

jurisdictions as (

    select
        *,
        'US' as jurisdiction
    from candidates
    union all
    select
        *,
        work_state as jurisdiction
    from candidates
    where work_state is not null

)

select
    jurisdictions.payslip_id,
    jurisdictions.pay_period_id,
    jurisdictions.jurisdiction,
    elections.filing_status,
    rules.source,
    jurisdictions.periods_per_year,
    coalesce(elections.dependents_amount, 0) as dependents_amount,
    coalesce(elections.other_income_amount, 0) as other_income_amount,
    coalesce(elections.deductions_amount, 0) as deductions_amount,
    coalesce(elections.extra_withholding_amount, 0) as extra_withholding_amount,
    rules.deduction_amount,
    coalesce(elections.allowances, 0) * rules.allowance_amount as allowances_amount,
    coalesce(elections.is_step_2_checked, false) as is_step_2_checked,
    coalesce(elections.is_exempt, false) as is_exempt,
    untaxed.jurisdiction is null as is_taxed,
    elections.employee_id is not null as has_election,
    rules.jurisdiction is not null as has_rule,
    jurisdictions.paid_on
from jurisdictions
left join untaxed
    on
        jurisdictions.pay_period_id = untaxed.pay_period_id
        and jurisdictions.jurisdiction = untaxed.jurisdiction
left join elections
    on
        jurisdictions.employee_id = elections.employee_id
        and jurisdictions.jurisdiction = elections.jurisdiction
        and {{ in_force('elections', 'jurisdictions.paid_on') }}
left join rules
    on
        jurisdictions.pay_period_id = rules.pay_period_id
        and jurisdictions.jurisdiction = rules.jurisdiction
        and elections.filing_status = rules.filing_status
        and coalesce(elections.is_step_2_checked, false) = rules.is_step_2_checked
