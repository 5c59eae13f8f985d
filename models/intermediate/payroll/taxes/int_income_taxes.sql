{# On regular wages by Worksheet 1A of Publication 15-T, and in the same shape for states, whose wages include the
   supplemental ones; on supplemental wages at flat rates. #}
with pay_periods as (

    select * from {{ ref('int_pay_periods') }}

),

open_wages as (

    select
        wages.*,
        wages.wage_base = 'federal_regular' as is_federal,
        coalesce(pay_periods.earned_in, wages.payslip_id) as earned_in
    from {{ ref('int_income_wages') }} as wages
    left join pay_periods
        on wages.pay_period_id = pay_periods.pay_period_id
    where
        wages.wage_base in ('federal_regular', 'state_income')
        and wages.wages_amount > 0

),

own_wages as (

    select
        *,
        sum(wages_amount) over {{ to_date(['tax_year', 'earned_in', 'jurisdiction', 'wage_base']) }} as wages_to_here
    from open_wages

),

days_of_runs as (

    select distinct
        earned.pay_period_id,
        earned.earned_in
    from pay_periods
    inner join pay_periods as earned
        on
            pay_periods.earned_in = earned.earned_in
            and pay_periods.pay_period_id <> earned.pay_period_id

),

closed as (

    select
        frozen_lines.employee_id,
        days_of_runs.earned_in,
        substr(frozen_lines.payslip_line_id, length(frozen_lines.payslip_id) + 2) as line_key,
        cast(extract(year from frozen_lines.paid_on) as integer) as tax_year,
        sum(frozen_lines.basis_amount) as wages_amount
    from days_of_runs
    inner join {{ ref('int_closed_payslip_lines') }} as frozen_lines
        on days_of_runs.pay_period_id = frozen_lines.pay_period_id
    left join {{ ref('int_voided_payslips') }} as voided
        on frozen_lines.payslip_id = voided.payslip_id
    where
        frozen_lines.pay_item_code in ('FIT', 'SIT')
        and voided.payslip_id is null
    group by
        frozen_lines.employee_id,
        days_of_runs.earned_in,
        substr(frozen_lines.payslip_line_id, length(frozen_lines.payslip_id) + 2),
        extract(year from frozen_lines.paid_on)

),

{# What an employee was paid of the same days, as by a run beside the regular payslip, is one payment of the period (26
   CFR 31.3402(g)-1(a)(6)): what is paid later bears what the whole does more. -#}
regular_wages as (

    select
        own_wages.payslip_id,
        own_wages.jurisdiction,
        own_wages.is_federal,
        own_wages.wages_amount,
        cast(
            coalesce(closed.wages_amount, 0) + own_wages.wages_to_here - own_wages.wages_amount as decimal(28, 5)
        ) as earlier_amount
    from own_wages
    left join closed
        on
            own_wages.employee_id = closed.employee_id
            and own_wages.earned_in = closed.earned_in
            and own_wages.tax_year = closed.tax_year
            and case
                when own_wages.is_federal then 'FIT/regular' else 'SIT/' || own_wages.jurisdiction
            end = closed.line_key

),

taxed_wages as (

    {% for is_earlier in [false, true] -%}
    select
        payslip_id,
        jurisdiction,
        is_federal,
        wages_amount,
        earlier_amount,
        cast(earlier_amount{{ '' if is_earlier else ' + wages_amount' }} as decimal(28, 5)) as taxed_amount,
        {{ is_earlier | lower }} as is_earlier
    from regular_wages
    {{- '\n    where earlier_amount > 0' if loop.last else '\n    union all\n    ' }}
    {%- endfor %}

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
        wages.earlier_amount,
        wages.is_earlier,
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
            wages.taxed_amount * terms.periods_per_year + terms.other_income_amount
            - terms.deductions_amount - terms.deduction_amount - terms.allowances_amount,
            0
        ) as decimal(28, 5)) as annual_amount
    from taxed_wages as wages
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

{% set withheld_amount = rounded('exact_amount', 'income_tax_method') -%}
compared as (

    select
        *,
        {{ withheld_amount }} as withheld_amount,
        coalesce(sum(case when is_earlier then {{ withheld_amount }} end) over (
            partition by payslip_id, jurisdiction
        ), 0) as earlier_withheld_amount
    from withheld

),

regular as (

    select
        payslip_id,
        case when is_federal then 'FIT' else 'SIT' end as pay_item_code,
        case when is_federal then 'FIT/regular' else 'SIT/' || jurisdiction end as line_key,
        source || ': ' || {{ money_text('annual_amount') }} || ' a year after deductions, taxed '
        || {{ money_text('annual_tax') }} || '; less credits of ' || {{ money_text('dependents_amount') }} || ', over '
        || cast(periods_per_year as string) || ' periods, plus ' || {{ money_text('extra_withholding_amount') }}
        || case
            when earlier_amount > 0
                then
                    ', less ' || {{ money_text('earlier_withheld_amount') }} || ' on '
                    || {{ money_text('earlier_amount') }} || ' of the same pay period'
            else ''
        end || '.' as explanation,
        rate,
        wages_amount as basis_amount,
        cast(
            -greatest(withheld_amount - earlier_withheld_amount, 0) as decimal(28, 5)
        ) as amount
    from compared
    where not is_earlier

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
