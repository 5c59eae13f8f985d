{#- The window of everything "to date": the payslips of one employee in the order of their paydays, within parts given
    by columns. Sums to date of the project are made here and nowhere else. -#}
{% macro to_date(parts, up_to="current row") -%}
    (
        partition by employee_id{% for part in parts %}, {{ part }}{% endfor %}
        order by paid_on, pay_period_id
        rows between unbounded preceding and {{ up_to }}
    )
{%- endmacro %}

{#- Wages of each payslip of an open period in the given bases, with the sum of the year before it and after it: what
    closed periods of the year paid, whenever it was, comes first.
    lines: relations with payslip_id, pay_item_code and amount, signed. -#}
{% macro wages_to_date(bases, lines) %}
with
{{ wages_in_period(lines, ref('int_payslips_calculable'), bases) }},

closed as (

    select
        employee_id,
        jurisdiction,
        wage_base,
        tax_year,
        sum(wages_amount) as wages_amount
    from {{ ref('int_closed_wages') }}
    where voided_with is null
    group by employee_id, jurisdiction, wage_base, tax_year

),

with_closed as (

    select
        in_period.*,
        coalesce(closed.wages_amount, 0) as closed_amount
    from in_period
    left join closed
        on
            in_period.employee_id = closed.employee_id
            and in_period.tax_year = closed.tax_year
            and in_period.jurisdiction = closed.jurisdiction
            and in_period.wage_base = closed.wage_base

),

summed_to_date as (

    select
        *,
        cast(
            closed_amount + sum(wages_amount) over {{ to_date(['tax_year', 'jurisdiction', 'wage_base']) }}
            as decimal(28, 5)
        ) as wages_to_date
    from with_closed

)

select
    payslip_id,
    pay_period_id,
    employee_id,
    jurisdiction,
    wage_base,
    tax_year,
    cast(wages_to_date - wages_amount as decimal(28, 5)) as wages_before,
    wages_amount,
    wages_to_date,
    paid_on
from summed_to_date
{% endmacro %}

{#- The common table expressions up to in_period: the wages of each payslip in each base. What is below
    zero of the regular or of the supplemental federal wages, as where a bonus is taken back, reduces the others; wages
    are never below zero.
    payslips: a relation with the states of a payslip, other_state_percentage and tax_year. bases: none for all of
    pay_item_wages. -#}
{% macro wages_in_period(lines, payslips, bases=none) %}
lines as (
{% for relation in lines %}
    select
        payslip_id,
        pay_item_code,
        amount
    from {{ relation }}
    {%- if not loop.last %}
    union all
    {%- endif %}
{%- endfor %}

),

payslips as (

    select * from {{ payslips }}

),

{# A state in which a part of the work was done taxes as large a part of the wages. #}
states as (

    select
        payslip_id,
        pay_period_id,
        employee_id,
        work_state,
        coalesce(income_tax_state, work_state) as income_tax_state,
        tax_year,
        coalesce(other_state_percentage, 0) as other_state_percentage,
        false as is_other_state,
        paid_on
    from payslips
    union all
    select
        payslip_id,
        pay_period_id,
        employee_id,
        other_work_state as work_state,
        coalesce(other_income_tax_state, other_work_state) as income_tax_state,
        tax_year,
        other_state_percentage,
        true as is_other_state,
        paid_on
    from payslips
    where other_work_state is not null

),

item_wages as (

    select * from {{ ref('pay_item_wages') }}
    {%- if bases is not none %}
    where wage_base in ('{{ bases | join("', '") }}')
    {%- endif %}

),

exceptions as (

    select * from {{ ref('pay_item_wage_exceptions') }}

),

counted as (

    select
        states.payslip_id,
        states.pay_period_id,
        states.employee_id,
        case
            when item_wages.jurisdiction_kind <> 'state' then 'US'
            when item_wages.wage_base = 'state_income' then states.income_tax_state
            else states.work_state
        end as jurisdiction,
        item_wages.wage_base,
        states.tax_year,
        case when item_wages.jurisdiction_kind = 'state' then states.other_state_percentage else 0 end
            as other_state_percentage,
        states.is_other_state,
        states.paid_on,
        lines.pay_item_code,
        lines.amount
    from lines
    inner join states
        on lines.payslip_id = states.payslip_id
    inner join item_wages
        on
            lines.pay_item_code = item_wages.pay_item_code
            and (item_wages.jurisdiction_kind = 'state' or not states.is_other_state)

),

whole as (

    select
        counted.payslip_id,
        counted.pay_period_id,
        counted.employee_id,
        counted.jurisdiction,
        counted.wage_base,
        counted.tax_year,
        counted.is_other_state,
        counted.paid_on,
        sum(counted.amount) as wages_amount,
        cast(round(
            cast(sum(counted.amount) as decimal(24, 5)) * max(cast(counted.other_state_percentage as decimal(8, 5)))
            * 0.01, 2
        ) as decimal(28, 5)) as other_state_amount
    from counted
    left join exceptions
        on
            counted.jurisdiction = exceptions.jurisdiction
            and counted.pay_item_code = exceptions.pay_item_code
            and counted.wage_base = exceptions.wage_base
    where exceptions.jurisdiction is null
    group by
        counted.payslip_id,
        counted.pay_period_id,
        counted.employee_id,
        counted.jurisdiction,
        counted.wage_base,
        counted.tax_year,
        counted.is_other_state,
        counted.paid_on

),

summed as (

    select
        payslip_id,
        pay_period_id,
        employee_id,
        jurisdiction,
        wage_base,
        tax_year,
        paid_on,
        sum(case when is_other_state then other_state_amount else wages_amount - other_state_amount end) as wages_amount
    from whole
    group by payslip_id, pay_period_id, employee_id, jurisdiction, wage_base, tax_year, paid_on

),

short as (

    select
        payslip_id,
        sum(wages_amount) as shortfall
    from summed
    where
        wage_base in ('federal_regular', 'federal_supplemental')
        and wages_amount < 0
    group by payslip_id

),

in_period as (

    select
        summed.payslip_id,
        summed.pay_period_id,
        summed.employee_id,
        summed.jurisdiction,
        summed.wage_base,
        summed.tax_year,
        summed.paid_on,
        cast(
            greatest(
                summed.wages_amount
                + case
                    when summed.wage_base in ('federal_regular', 'federal_supplemental') and summed.wages_amount > 0
                        then coalesce(short.shortfall, 0)
                    else 0
                end,
                0
            ) as decimal(28, 5)
        ) as wages_amount
    from summed
    left join short
        on summed.payslip_id = short.payslip_id

)
{% endmacro %}

{#- The taxes of tax_rates on wages to date, at the rates of the payday: what falls between over_amount and up_to_amount
    so far, less what did before, and at most the weekly limit for each week of the pay period. Its caller is the query of
    the wages. method: column of int_pay_period_policies that says how they are rounded. -#}
{% macro taxes_by_rate(method) -%}
with wages as (

    {{ caller() | trim | indent(4) }}

),

tax_rates as (

    select * from {{ ref('tax_rates') }}

),

pay_items as (

    select * from {{ ref('pay_items') }}

),

policies as (

    select * from {{ ref('int_pay_period_policies') }}

),

{# A run beside the regular one has no weeks of its own. #}
weeks as (

    select
        pay_periods.pay_period_id,
        case
            when pay_periods.has_days then {{ quotient('policies.weeks_per_year', 'pay_periods.periods_per_year') }}
            else 0
        end as week_count
    from {{ ref('int_pay_periods') }} as pay_periods
    inner join policies
        on pay_periods.pay_period_id = policies.pay_period_id

),

exempt as (

    select
        payslip_id,
        jurisdiction
    from {{ ref('int_income_tax_terms') }}
    where is_exempt

),

taxable as (

    select
        wages.payslip_id,
        wages.pay_period_id,
        wages.wages_amount,
        wages.wages_to_date,
        tax_rates.pay_item_code,
        tax_rates.jurisdiction,
        tax_rates.wage_base,
        tax_rates.source,
        tax_rates.over_amount,
        tax_rates.rate,
        tax_rates.weekly_limit,
        tax_rates.is_due_when_exempt,
        cast(
            {{ between_bounds('wages.wages_to_date') }} - {{ between_bounds('wages.wages_before') }} as decimal(28, 5)
        ) as taxable_amount
    from wages
    inner join tax_rates
        on
            wages.jurisdiction = tax_rates.jurisdiction
            and wages.wage_base = tax_rates.wage_base
            and {{ in_force('tax_rates', 'wages.paid_on') }}

)

select
    taxable.payslip_id,
    taxable.pay_item_code,
    taxable.pay_item_code || '/' || taxable.wage_base || '/' || taxable.jurisdiction
    || case when taxable.over_amount > 0 then '/over ' || {{ money_text('taxable.over_amount') }} else '' end
    as line_key,
    taxable.source || ': ' || {{ money_text('taxable.wages_to_date') }} || ' to date.' as explanation,
    taxable.rate,
    taxable.taxable_amount as basis_amount,
    cast(
        case pay_items.line_kind when 'employer_tax' then 1 else -1 end * least(
            {{ rounded('(taxable.taxable_amount * taxable.rate)', 'policies.' ~ method) }},
            coalesce({{ rounded(
                '(taxable.weekly_limit * cast(weeks.week_count as decimal(18, 9)))', 'policies.' ~ method
            ) }}, taxable.taxable_amount)
        ) as decimal(28, 5)
    ) as amount
from taxable
inner join pay_items
    on taxable.pay_item_code = pay_items.pay_item_code
inner join policies
    on taxable.pay_period_id = policies.pay_period_id
left join weeks
    on taxable.pay_period_id = weeks.pay_period_id
left join exempt
    on
        taxable.payslip_id = exempt.payslip_id
        and taxable.jurisdiction = exempt.jurisdiction
where
    taxable.taxable_amount <> 0
    and (taxable.is_due_when_exempt or exempt.payslip_id is null)
{% endmacro %}

{#- What of an amount to date lies above over_amount and up to up_to_amount of its row of tax_rates. -#}
{% macro between_bounds(amount) -%}
    greatest(
        least({{ amount }}, coalesce(tax_rates.up_to_amount, {{ amount }})) - tax_rates.over_amount, 0
    )
{%- endmacro %}
