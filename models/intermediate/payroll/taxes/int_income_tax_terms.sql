with candidates as (

    select * from {{ ref('int_payslip_candidates') }}
    where is_open

),

delivered as (

    {{ newest_rows('stg_payroll__tax_elections', ['employee_id', 'jurisdiction', 'effective_on']) }}

),

rules as (

    select * from {{ ref('income_tax_rules') }}

),

{# A federal form of 2019 or earlier is one whose year says so, or that claims allowances, which later ones do not
   have, or that was in force before there was a later one. #}
elections as (

    select
        *,
        jurisdiction = 'US'
        and coalesce(form_year < 2020, coalesce(allowances, 0) > 0 or effective_on < cast('2020-01-01' as date))
            as is_form_before_2020,
        {{ effective_before(['employee_id', 'jurisdiction']) }} as effective_before_on
    from delivered

),

untaxed as (

    select distinct
        jurisdiction,
        effective_on,
        effective_before_on
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
        coalesce(income_tax_state, work_state) as jurisdiction
    from candidates
    where work_state is not null
    union all
    select
        *,
        other_income_tax_state as jurisdiction
    from candidates
    where other_income_tax_state <> coalesce(income_tax_state, work_state)

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
    coalesce(elections.is_form_before_2020, false) as is_form_before_2020,
    coalesce(elections.jurisdiction = 'US' and elections.form_year >= 2020 and elections.allowances > 0, false)
        as has_allowances_of_no_form,
    coalesce(elections.is_exempt, false) as is_exempt,
    untaxed.jurisdiction is null as is_taxed,
    elections.employee_id is not null as has_election,
    rules.jurisdiction is not null as has_rule,
    case when elections.jurisdiction = 'US' and elections.is_exempt then cast(
        cast(
            greatest(
                cast(extract(year from elections.effective_on) as integer),
                coalesce(elections.form_year, 0)
            ) + 1 as string
        ) || '-02-15' as date
    ) end as exempt_through_on,
    jurisdictions.paid_on
from jurisdictions
left join untaxed
    on
        jurisdictions.jurisdiction = untaxed.jurisdiction
        and {{ in_force('untaxed', 'jurisdictions.paid_on') }}
left join elections
    on
        jurisdictions.employee_id = elections.employee_id
        and jurisdictions.jurisdiction = elections.jurisdiction
        and {{ in_force('elections', 'jurisdictions.paid_on') }}
left join rules
    on
        jurisdictions.jurisdiction = rules.jurisdiction
        and elections.filing_status = rules.filing_status
        and coalesce(elections.is_step_2_checked, false) = rules.is_step_2_checked
        and coalesce(elections.is_form_before_2020, false) = coalesce(rules.is_form_before_2020, false)
        and {{ in_force('rules', 'jurisdictions.paid_on') }}
