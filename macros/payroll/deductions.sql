{#- The deductions of one step of the calculation, as payslip lines.
    available: a relation with payslip_id, available_amount (what may be taken in all) and basis_amount (what a
    percentage is of). Each deduction takes what was asked for, at most what the earlier ones of the step left, and at
    most what its limits leave: so what could not be taken for want of money does not count towards a limit.
    What an earlier deduction leaves depends on its limit, which depends on its earlier periods. SQL cannot walk through
    periods, so the step is worked out in passes: each takes what the one before says the earlier deductions
    leave, and pass n is exact for the first n deductions of an employee. A model holds two passes, because the planning
    of DuckDB doubles with each window on another; foreseen is the relation of two passes before, if there is one. -#}
{% macro deductions_taken(step, available, foreseen=none) %}
{{ deduction_passes(step, available, foreseen) }}

summed as (

    select
        *,
        sum(pass_2_amount) over (
            partition by payslip_id order by line_order
            rows between unbounded preceding and current row
        ) as sum_amount
    from pass_2

),

taken as (

    select
        *,
        cast(
            least(sum_amount, available_amount) - least(sum_amount - pass_2_amount, available_amount) as decimal(28, 5)
        ) as taken_amount
    from summed

)

select
    payslip_id,
    pay_item_code,
    pay_item_code as line_key,
    case
        when calculation = 'percentage' then {{ money_text('value') }} || ' % of ' || {{ money_text('basis_amount') }}
        when calculation = 'amount' then {{ money_text('value') }} || ' each period'
        else 'One-time item'
    end
    || case when one_time_amount <> 0 then ', one-time ' || {{ money_text('one_time_amount') }} else '' end
    || case
        when taken_amount = asked_amount then '.'
        when taken_amount < offered_2_amount then ', cut at its limit to date.'
        else ', cut at what is left or may be taken.'
    end as explanation,
    cast(case when calculation = 'percentage' then value end as decimal(28, 5)) as rate,
    basis_amount,
    cast(-taken_amount as decimal(28, 5)) as amount
from taken
{% endmacro %}

{#- What two passes say each deduction of a step takes, for two more. -#}
{% macro deductions_foreseen(step, available) %}
{{ deduction_passes(step, available, none) }}

foreseen as (

    select
        payslip_id,
        pay_item_code,
        pass_2_amount as foreseen_amount
    from pass_2

)

select * from foreseen
{% endmacro %}

{#- The common table expressions up to pass_2, what each deduction takes within its limits. -#}
{% macro deduction_passes(step, available, foreseen) %}
with requested as (

    select * from {{ ref('int_deductions_requested') }}
    where calculation_step = '{{ step }}'

),

available as (

    select * from {{ available }}

),

policies as (

    select * from {{ ref('int_pay_period_policies') }}

),

percentages as (

    select
        requested.*,
        available.available_amount,
        available.basis_amount,
        policies.deduction_method,
        cast(available.basis_amount * requested.value * 0.01 as decimal(38, 12)) as percentage_amount
    from requested
    inner join available
        on requested.payslip_id = available.payslip_id
    inner join policies
        on requested.pay_period_id = policies.pay_period_id

),

amounts as (

    select
        *,
        cast(
            case calculation
                when 'amount' then value
                when 'percentage' then {{ rounded('percentage_amount', 'deduction_method') }}
                else 0
            end + one_time_amount as decimal(28, 5)
        ) as asked_amount
    from percentages

),

asked as (
{% if foreseen is none %}
    select
        *,
        asked_amount as foreseen_amount
    from amounts
{% else %}
    select
        amounts.*,
        foreseen.foreseen_amount
    from amounts
    inner join {{ foreseen }} as foreseen
        on
            amounts.payslip_id = foreseen.payslip_id
            and amounts.pay_item_code = foreseen.pay_item_code
{% endif %}
),

{{ offered_after('asked', 'foreseen_amount', 'offered_1') }}
{{ within_limits('offered_1', 'pass_1') }}
{{ offered_after('pass_1', 'pass_1_amount', 'offered_2') }}
{{ within_limits('offered_2', 'pass_2') }}
{% endmacro %}

{#- What each deduction may take of what the earlier ones, counted by the last pass, leave. -#}
{% macro offered_after(earlier, counted, result) %}
{{ result }}_before as (

    select
        *,
        sum({{ counted }}) over (
            partition by payslip_id order by line_order
            rows between unbounded preceding and current row
        ) - {{ counted }} as {{ result }}_taken_before
    from {{ earlier }}

),

{{ result }} as (

    select
        *,
        cast(
            least(asked_amount, greatest(available_amount - {{ result }}_taken_before, 0)) as decimal(28, 5)
        ) as {{ result }}_amount
    from {{ result }}_before

),
{% endmacro %}

{#- What the yearly limit, then the total limit of each row lets through. -#}
{% macro within_limits(offered, result) %}
{{ within_limit(offered, 'yearly_limit', 'year_taken_amount', ['pay_item_code', 'tax_year'], result ~ '_in_year') }}
{{ within_limit(result ~ '_in_year', 'total_limit', 'total_taken_amount', ['pay_item_code'], result) }}
{% endmacro %}

{#- What goes beyond a limit is how far the sum to date has ever stood above it, so a limit may change from one period
    to the next. taken_before: what closed periods took, which comes first. -#}
{% macro within_limit(offered, limit, taken_before, parts, result) %}
{{ result }}_to_date as (

    select
        *,
        {{ taken_before }} + sum({{ offered }}_amount) over {{ to_date(parts) }} as {{ result }}_sum
    from {{ offered }}

),

{{ result }}_excess as (

    select
        *,
        greatest(
            coalesce(max({{ result }}_sum - {{ limit }}) over {{ to_date(parts) }}, 0), 0
        ) as {{ result }}_over,
        greatest(
            coalesce(max({{ result }}_sum - {{ limit }}) over {{ to_date(parts, '1 preceding') }}, 0), 0
        ) as {{ result }}_over_before
    from {{ result }}_to_date

),

{{ result }} as (

    select
        *,
        cast(
            case
                when {{ offered }}_amount <= 0 or {{ limit }} is null then {{ offered }}_amount
                else greatest({{ offered }}_amount - ({{ result }}_over - {{ result }}_over_before), 0)
            end as decimal(28, 5)
        ) as {{ result }}_amount
    from {{ result }}_excess

),
{% endmacro %}
