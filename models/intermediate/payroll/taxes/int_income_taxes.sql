{# On regular wages by Worksheet 1A of Publication 15-T, and in the same shape for states, whose wages include the
   supplemental ones; on supplemental wages at flat rates. #}
with regular_wages as (

    select
        *,
        wage_base = 'federal_regular' as is_federal
    from {{ ref('int_income_wages') }}
    where wage_base in ('federal_regular', 'state_income') and wages_amount > 0

),

terms as (

    select * from {{ ref('int_income_tax_terms') }}
    where is_taxed and not is_exempt

),

brackets as (

    select
        *,
        lead(over_amount) over (
            partition by jurisdiction, filing_status, is_step_2_checked, effective_on
            order by over_amount
        ) as up_to_amount
    from {{ ref('income_tax_brackets') }}

),

rounding as (

    select * from {{ ref('int_pay_period_policies') }}

),

annual as (

    select
        wages.payslip_id,
        wages.is_federal,
        wages.wages_amount,
        terms.pay_period_id,
        terms.jurisdiction,
        terms.filing_status,
        terms.source,
        terms.periods_per_year,
        terms.dependents_amount,
        terms.extra_withholding_amount,
        terms.is_step_2_checked,
        terms.paid_on,
        cast(greatest(
            wages.wages_amount * terms.periods_per_year + terms.other_income_amount
            - terms.deductions_amount - terms.deduction_amount - terms.allowances_amount,
            0
        ) as decimal(28, 5)) as annual_amount
    from regular_wages as wages
    inner join terms
        on
            wages.payslip_id = terms.payslip_id
            and wages.jurisdiction = terms.jurisdiction

),

tentative as (

    select
        annual.*,
        brackets.rate,
        brackets.over_amount,
        cast(
            brackets.base_amount + brackets.rate * (annual.annual_amount - brackets.over_amount) as decimal(28, 6)
        ) as annual_tax
    from annual
    inner join brackets
        on
            annual.jurisdiction = brackets.jurisdiction
            and annual.filing_status = brackets.filing_status
            and annual.is_step_2_checked = brackets.is_step_2_checked
            and {{ in_force('brackets', 'annual.paid_on') }}
            and annual.annual_amount >= brackets.over_amount
            and (brackets.up_to_amount is null or annual.annual_amount < brackets.up_to_amount)

),

withheld as (

    select
        tentative.*,
        rounding.income_tax_method,
        {{ quotient('greatest(tentative.annual_tax - tentative.dependents_amount, 0)', 'tentative.periods_per_year') }}
        + tentative.extra_withholding_amount as exact_amount
    from tentative
    inner join rounding
        on tentative.pay_period_id = rounding.pay_period_id

),

regular as (

    select
        payslip_id,
        case when is_federal then 'FIT' else 'SIT' end as pay_item_code,
        case when is_federal then 'FIT/regular' else 'SIT/' || jurisdiction end as line_key,
        source || ': ' || {{ money_text('annual_amount') }} || ' a year after deductions, taxed '
        || {{ money_text('annual_tax') }} || '; less credits of ' || {{ money_text('dependents_amount') }} || ', over '
        || cast(periods_per_year as string) || ' periods, plus ' || {{ money_text('extra_withholding_amount') }}
        || '.' as explanation,
        rate,
        wages_amount as basis_amount,
        cast(-{{ rounded('exact_amount', 'income_tax_method') }} as decimal(28, 5)) as amount
    from withheld

),

supplemental as (

    {% call taxes_by_rate('income_tax_method') %}
    select * from {{ ref('int_income_wages') }}
    {% endcall %}

),

due as (

    select * from regular
    union all
    select * from supplemental

),

available as (

    select * from {{ ref('int_income_tax_available') }}

),

summed as (

    select
        due.*,
        available.available_amount,
        -sum(due.amount) over (
            partition by due.payslip_id order by due.line_key rows between unbounded preceding and current row
        ) as sum_amount
    from due
    inner join available
        on due.payslip_id = available.payslip_id

)

select
    payslip_id,
    pay_item_code,
    line_key,
    explanation || case when sum_amount > available_amount then ' Cut at what is left.' else '' end as explanation,
    rate,
    basis_amount,
    cast(
        least(sum_amount + amount, available_amount) - least(sum_amount, available_amount) as decimal(28, 5)
    ) as amount
from summed
