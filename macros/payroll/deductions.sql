{#- The deductions of one step of the calculation, as payslip lines.
    Its caller is the query of payslip_id, available_amount (what may be taken in all) and basis_amount (what a
    percentage is of); by order also pay_item_code, order_id, blank without one, and of all payslips with the same
    earned_in own_limit_amount and shared_limit_amount, what the order and those before it may take together. Each
    deduction takes what was asked for, at most what the earlier ones of the step left, and at most what its limits
    leave: so what could not be taken for want of money does not count towards a limit.
    What a deduction takes depends on those before it on the payslip and on its own earlier payslips, so the requests of an
    employee are worked out one after another, in the order of paydays and lines. -#}
{% macro deductions_taken(step, by_order=false) -%}
with requested as (

    select * from {{ ref('int_deductions_requested') }}
    where calculation_step = '{{ step }}'

),

available as (

    {{ caller() | trim | indent(4) }}

),

policies as (

    select * from {{ ref('int_pay_period_policies') }}

),

percentages as (

    select
        requested.*,
        available.available_amount,
        available.basis_amount,
        {% if by_order -%}
        available.earned_in,
        available.own_limit_amount as own_room,
        available.shared_limit_amount as shared_room,
        min(requested.paid_on) over (partition by requested.employee_id, available.earned_in) as first_paid_on,
        {%- else -%}
        requested.payslip_id as earned_in,
        cast(null as decimal(28, 5)) as own_room,
        cast(null as decimal(28, 5)) as shared_room,
        requested.paid_on as first_paid_on,
        {%- endif %}
        policies.deduction_method,
        cast(available.basis_amount * requested.value * 0.01 as decimal(38, 12)) as percentage_amount
    from requested
    inner join available
        on
            requested.payslip_id = available.payslip_id
            {%- if by_order %}
            and requested.pay_item_code = available.pay_item_code
            and coalesce(requested.order_id, '') = available.order_id
            {%- endif %}
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
        ) as asked_amount,
        cast(yearly_limit - year_taken_amount as decimal(28, 5)) as yearly_room,
        cast(total_limit - total_taken_amount as decimal(28, 5)) as total_room,
        cast(
            row_number() over (
                partition by employee_id
                order by first_paid_on, earned_in, paid_on, pay_period_id, line_order, order_place
            ) as integer
        ) as request_number
    from percentages

),

numbered as (

    select
        *,
        min(request_number) over (partition by payslip_id) = request_number as is_first_of_payslip,
        min(request_number) over (partition by employee_id, earned_in) as first_number_earned
    from asked

),

linked as (

    select
        *,
        lag(request_number) over (
            partition by employee_id, pay_item_code, order_id order by request_number
        ) as earlier_number,
        max(request_number) over (
            partition by employee_id, pay_item_code, order_id
            order by tax_year range between unbounded preceding and 1 preceding
        ) as earlier_year_number,
        max(request_number) over (
            partition by employee_id, pay_item_code, order_id
            order by first_number_earned range between unbounded preceding and 1 preceding
        ) as earlier_earned_number,
        request_number = first_number_earned as is_first_earned
    from numbered

),

folded as (

    select
        employee_id,
        {{ each_in_turn() }} as result
    from linked
    group by employee_id

),

taken as (

    select
        linked.*,
        cast(
            {{ element_of('folded.result.taken_to_date', 'linked.request_number') }}
            - coalesce({{ element_of('folded.result.taken_to_date', 'linked.earlier_number') }}, 0) as decimal(28, 5)
        ) as taken_amount
    from linked
    inner join folded
        on linked.employee_id = folded.employee_id

),

offered as (

    select
        *,
        least(
            available_amount + taken_amount - sum(taken_amount) over (
                partition by payslip_id order by request_number
                rows between unbounded preceding and current row
            ),
            shared_room + taken_amount - sum(taken_amount) over (
                partition by employee_id, earned_in order by request_number
                rows between unbounded preceding and current row
            )
        ) as left_amount
    from taken

)

select
    payslip_id,
    pay_item_code,
    pay_item_code || coalesce('/' || order_id, '') as line_key,
    order_id,
    order_kind,
    coalesce('Order ' || order_id || ': ', '') || case
        when calculation = 'percentage' then {{ money_text('value') }} || ' % of ' || {{ money_text('basis_amount') }}
        when calculation = 'amount' then {{ money_text('value') }} || ' each period'
        else 'One-time item'
    end
    || case when one_time_amount <> 0 then ', one-time ' || {{ money_text('one_time_amount') }} else '' end
    || case
        when taken_amount = asked_amount then '.'
        when taken_amount < least(asked_amount, left_amount)
            then ', cut at its limit to date{{ ' or at its part of what may be taken' if by_order }}.'
        else ', cut at what is left or may be taken.'
    end as explanation,
    cast(case when calculation = 'percentage' then value end as decimal(28, 5)) as rate,
    basis_amount,
    asked_amount,
    taken_amount < asked_amount and taken_amount >= least(asked_amount, left_amount) as is_cut_at_what_may_be_taken,
    cast(-taken_amount as decimal(28, 5)) as amount
from offered
{% endmacro %}

{#- The requests of an employee one after another. What came out so far is what was taken of the payslip, and of all with
    the same earned_in, and for each request what its item has taken to date, where later requests of the item find it by
    its number. A refund is paid in full. -#}
{% macro each_in_turn() -%}
{%- set taken_before = 'case when request.is_first_of_payslip then 0 else so_far.taken_amount end' -%}
{%- set shared_before = 'case when request.is_first_earned then 0 else so_far.shared_amount end' -%}
{%- set before = 'coalesce(' ~ element_of('so_far.taken_to_date', 'request.earlier_number') ~ ', 0)' -%}
{%- set before_the_year = 'coalesce(' ~ element_of('so_far.taken_to_date', 'request.earlier_year_number') ~ ', 0)' -%}
{%- set before_earned = 'coalesce(' ~ element_of('so_far.taken_to_date', 'request.earlier_earned_number') ~ ', 0)' -%}
{%- set rooms = [
    'request.available_amount - ' ~ taken_before, 'request.shared_room - ' ~ shared_before,
    'request.own_room + ' ~ before_earned ~ ' - ' ~ before, 'request.total_room - ' ~ before,
    'request.yearly_room + ' ~ before_the_year ~ ' - ' ~ before,
] | join(', ') -%}
{%- set taken = 'least(request.asked_amount, greatest(least(' ~ rooms ~ '), 0))' -%}
{%- set request = dict() -%}
{%- for name in [
    'request_number', 'is_first_of_payslip', 'is_first_earned', 'earlier_number', 'earlier_earned_number',
    'earlier_year_number', 'available_amount', 'shared_room', 'asked_amount', 'own_room', 'yearly_room', 'total_room',
] -%}
    {%- do request.update({name: name}) -%}
{%- endfor -%}
{{ fold(
    'array_sort(array_agg(' ~ struct_of(request) ~ '))',
    struct_of({
        'taken_amount': 'cast(0 as decimal(28, 5))',
        'shared_amount': 'cast(0 as decimal(28, 5))',
        'taken_to_date': no_amounts(),
    }),
    struct_of({
        'taken_amount': 'cast(' ~ taken_before ~ ' + ' ~ taken ~ ' as decimal(28, 5))',
        'shared_amount': 'cast(' ~ shared_before ~ ' + ' ~ taken ~ ' as decimal(28, 5))',
        'taken_to_date': 'array_append(so_far.taken_to_date, cast(' ~ before ~ ' + ' ~ taken ~ ' as decimal(28, 5)))',
    }),
) }}
{%- endmacro %}
