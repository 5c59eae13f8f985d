{#- The deductions of one step of the calculation, as payslip lines.
    available: a relation with payslip_id, available_amount (what may be taken in all) and basis_amount (what a percentage
    is of). Each deduction takes what was asked for, at most what the earlier ones of the step left, and at most what its
    limits leave: so what could not be taken for want of money does not count towards a limit.
    What an earlier deduction leaves depends on its limit, which depends on its earlier periods. SQL cannot walk through
    periods, so the step is worked out `passes` times: each pass takes what the one before says the earlier deductions
    leave, and pass n is exact for the first n deductions of an employee. -#}
{% macro deductions_taken(step, available, passes=2) %}
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

asked as (

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

{% for pass in range(1, passes + 1) -%}
{%- set earlier = 'asked' if loop.first else 'pass_' ~ (pass - 1) -%}
{%- set counted = 'asked_amount' if loop.first else 'pass_' ~ (pass - 1) ~ '_amount' -%}
{{ offered_after(earlier, counted, 'offered_' ~ pass) }}
{{ within_limits('offered_' ~ pass, 'pass_' ~ pass) }}
{% endfor -%}
summed as (

    select
        *,
        sum(pass_{{ passes }}_amount) over (
            partition by payslip_id order by line_order
            rows between unbounded preceding and current row
        ) as sum_amount
    from pass_{{ passes }}

),

taken as (

    select
        *,
        cast(
            least(sum_amount, available_amount) - least(sum_amount - pass_{{ passes }}_amount, available_amount) as decimal(28, 5)
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
        when taken_amount < offered_{{ passes }}_amount then ', cut at its limit to date.'
        else ', cut at what is left or may be taken.'
    end as explanation,
    cast(case when calculation = 'percentage' then value end as decimal(28, 5)) as rate,
    basis_amount,
    cast(-taken_amount as decimal(28, 5)) as amount
from taken
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
{{ within_limit(offered, 'yearly_limit', ['pay_item_code', 'tax_year'], result ~ '_in_year') }}
{{ within_limit(result ~ '_in_year', 'total_limit', ['pay_item_code'], result) }}
{% endmacro %}

{#- What goes beyond a limit is how far the sum to date has ever stood above it, so a limit may change from one period to
    the next. -#}
{% macro within_limit(offered, limit, parts, result) %}
{{ result }}_to_date as (

    select
        *,
        sum({{ offered }}_amount) over {{ to_date(parts) }} as {{ result }}_sum
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
