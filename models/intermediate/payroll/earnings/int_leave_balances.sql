{# Balances of leave, payslip by payslip. What a payslip accrues depends on all before it, so they are worked out one
   after another: what the new year does not carry over is lost, leave is taken, and the rest accrues up to the limits.
   Periods closed before the first payslip with a line of leave say nothing of the balance: opening balances do. #}
{%- set kept = 'case when request.is_new_year then least(so_far.balance, request.carry_over_limit)'
    ~ ' else so_far.balance end' -%}
{%- set after_leave = kept ~ ' - request.taken_hours' -%}
{%- set year_before = 'case when request.is_new_year then 0 else so_far.year_accrued end' -%}
{%- set accrued = 'case when request.earned_hours < 0 then request.earned_hours else greatest(least('
    ~ 'request.earned_hours, request.balance_limit - (' ~ after_leave ~ '), '
    ~ 'request.yearly_limit - request.year_closed_hours - (' ~ year_before ~ ')), 0) end' -%}
{%- set at_the_end = after_leave ~ ' + ' ~ accrued -%}
{%- set paid = 'case when request.is_paid_out then greatest(' ~ at_the_end ~ ', 0) else 0 end' -%}
{%- set request = {
    'request_number': 'request_number', 'is_new_year': 'is_new_year', 'is_paid_out': 'is_paid_out',
    'taken_hours': 'taken_hours', 'earned_hours': 'earned_hours', 'balance_limit': 'balance_limit',
    'yearly_limit': 'yearly_limit', 'carry_over_limit': 'carry_over_limit', 'year_closed_hours': 'year_closed_hours',
} -%}
with candidates as (

    select * from {{ ref('int_payslip_candidates') }}
    where is_open

),

policies as (

    select * from {{ ref('leave_policies') }}

),

{# The row of the pay group counts before that of the state, and both before one of all; what any of them says is paid
   at leaving is paid. #}
terms as (

    select
        candidates.payslip_id,
        policies.pay_item_code,
        policies.accrual_kind,
        policies.hours,
        policies.per_worked_hours,
        policies.yearly_limit,
        policies.balance_limit,
        policies.carry_over_limit,
        policies.source,
        max(case when policies.is_paid_at_leaving then 1 else 0 end) over (
            partition by candidates.payslip_id, policies.pay_item_code
        ) = 1 as is_paid_at_leaving,
        row_number() over (
            partition by candidates.payslip_id, policies.pay_item_code
            order by
                case when policies.accrual_kind is null then 1 else 0 end,
                case when policies.pay_group is null then 1 else 0 end,
                case when policies.work_state is null then 1 else 0 end
        ) as place
    from candidates
    inner join policies
        on
            coalesce(policies.pay_group, candidates.pay_group) = candidates.pay_group
            and coalesce(policies.work_state, candidates.work_state, '') = coalesce(candidates.work_state, '')
            and {{ in_force('policies', 'candidates.paid_on') }}

),

hours_of_lines as (

    select
        payslip_id,
        pay_item_code,
        hours
    from {{ ref('int_earnings_calculated') }}
    union all
    select
        payslip_id,
        pay_item_code,
        hours
    from {{ ref('int_earning_corrections') }}
    where payslip_id is not null

),

hours_of_items as (

    select
        payslip_id,
        pay_item_code,
        sum(hours) as hours
    from hours_of_lines
    where hours is not null
    group by payslip_id, pay_item_code

),

{# A salary pays the hours that it is meant to pay. #}
salaried as (

    select
        spans.pay_period_id || '/' || spans.employee_id as payslip_id,
        sum({{ quotient(
            'spans.weekdays * policies.salary_hours_per_week * cast(policies.weeks_per_year as integer)',
            'spans.periods_per_year * spans.period_weekdays'
        ) }}) as hours
    from {{ ref('int_rate_spans') }} as spans
    inner join {{ ref('int_pay_period_policies') }} as policies
        on spans.pay_period_id = policies.pay_period_id
    where spans.rate_kind = 'salary'
    group by spans.pay_period_id || '/' || spans.employee_id

),

leavers as (

    select
        employee_id,
        job_code,
        left_on
    from {{ ref('dim_employees') }}
    where effective_before_on is null and left_on is not null

),

closed_lines as (

    select
        frozen_lines.payslip_id,
        frozen_lines.payslip_line_id,
        frozen_lines.employee_id,
        frozen_lines.pay_item_code,
        frozen_lines.line_kind,
        cast(extract(year from frozen_lines.paid_on) as integer) as tax_year,
        coalesce(frozen_lines.hours, 0) as hours
    from {{ ref('int_closed_payslip_lines') }} as frozen_lines
    left join {{ ref('int_voided_payslips') }} as voided
        on frozen_lines.payslip_id = voided.payslip_id
    where
        voided.payslip_id is null
        and (
            frozen_lines.line_kind = 'leave'
            or frozen_lines.pay_item_code = 'LEAVEPAY'
            or frozen_lines.pay_item_code in (select policies.pay_item_code from policies)
        )

),

closed_payslips as (

    select distinct
        payslip_id,
        pay_item_code
    from closed_lines
    where line_kind = 'leave'

),

opening as (

    select
        employee_id,
        code as pay_item_code,
        tax_year,
        amount as hours,
        row_number() over (partition by employee_id, code order by tax_year desc) as recency
    from {{ ref('int_opening_balances') }}
    where balance_kind = 'leave' and not is_total

),

{# Signed: what was accrued and given at the opening, less what was lost, taken and paid out. #}
moved as (

    select
        employee_id,
        pay_item_code,
        tax_year,
        hours,
        0 as accrued_hours
    from opening
    where recency = 1
    union all
    select
        frozen_lines.employee_id,
        closed_payslips.pay_item_code,
        frozen_lines.tax_year,
        case when frozen_lines.line_kind = 'leave' then frozen_lines.hours else -frozen_lines.hours end as hours,
        case
            when frozen_lines.line_kind = 'leave' and frozen_lines.payslip_line_id not like '%/lost'
                then frozen_lines.hours
            else 0
        end as accrued_hours
    from closed_lines as frozen_lines
    inner join closed_payslips
        on
            frozen_lines.payslip_id = closed_payslips.payslip_id
            and (
                frozen_lines.pay_item_code = closed_payslips.pay_item_code
                or frozen_lines.payslip_line_id
                = frozen_lines.payslip_id || '/LEAVEPAY/left/' || closed_payslips.pay_item_code
            )

),

balances as (

    select
        moved.employee_id,
        moved.pay_item_code,
        moved.tax_year,
        sum(moved.hours) as hours,
        sum(moved.accrued_hours) as accrued_hours
    from moved
    left join opening
        on
            moved.employee_id = opening.employee_id
            and moved.pay_item_code = opening.pay_item_code
            and opening.recency = 1
    where moved.tax_year >= coalesce(opening.tax_year, moved.tax_year)
    group by moved.employee_id, moved.pay_item_code, moved.tax_year

),

starts as (

    select
        employee_id,
        pay_item_code,
        max(tax_year) as tax_year,
        sum(hours) as hours
    from balances
    group by employee_id, pay_item_code

),

requests as (

    select
        candidates.payslip_id,
        candidates.pay_period_id,
        candidates.employee_id,
        terms.pay_item_code,
        terms.source,
        cast(
            row_number() over (
                partition by candidates.employee_id, terms.pay_item_code
                order by candidates.paid_on, candidates.pay_period_id
            ) as integer
        ) as request_number,
        candidates.tax_year > coalesce(
            lag(candidates.tax_year) over (
                partition by candidates.employee_id, terms.pay_item_code
                order by candidates.paid_on, candidates.pay_period_id
            ),
            starts.tax_year,
            candidates.tax_year
        ) as is_new_year,
        leavers.left_on is not null and terms.is_paid_at_leaving as is_paid_out,
        cast(coalesce(taken.hours, 0) as decimal(28, 5)) as taken_hours,
        cast(
            case
                when terms.accrual_kind = 'worked_hours' then round({{ quotient(
                    'cast(terms.hours as decimal(9, 2))'
                    ~ ' * cast(coalesce(worked.hours, 0) + coalesce(salaried.hours, 0) as decimal(18, 4))',
                    'terms.per_worked_hours'
                ) }}, 5)
                when candidates.has_days and not candidates.is_only_if_owed then coalesce(terms.hours, 0)
                else 0
            end as decimal(28, 5)
        ) as earned_hours,
        cast(terms.balance_limit as decimal(28, 5)) as balance_limit,
        cast(
            case when terms.accrual_kind = 'year' then terms.hours else terms.yearly_limit end as decimal(28, 5)
        ) as yearly_limit,
        cast(terms.carry_over_limit as decimal(28, 5)) as carry_over_limit,
        cast(coalesce(this_year.accrued_hours, 0) as decimal(28, 5)) as year_closed_hours,
        cast(coalesce(starts.hours, 0) as decimal(28, 5)) as start_hours,
        leavers.job_code,
        leavers.left_on
    from candidates
    inner join terms
        on
            candidates.payslip_id = terms.payslip_id
            and terms.place = 1
    left join hours_of_items as taken
        on
            candidates.payslip_id = taken.payslip_id
            and terms.pay_item_code = taken.pay_item_code
    left join hours_of_items as worked
        on
            candidates.payslip_id = worked.payslip_id
            and worked.pay_item_code = 'REG'
    left join salaried
        on candidates.payslip_id = salaried.payslip_id
    left join leavers
        on
            candidates.employee_id = leavers.employee_id
            and candidates.ends_before_on > leavers.left_on
            and (candidates.has_days or candidates.kind in ('correction', 'final'))
    left join starts
        on
            candidates.employee_id = starts.employee_id
            and terms.pay_item_code = starts.pay_item_code
    left join balances as this_year
        on
            candidates.employee_id = this_year.employee_id
            and terms.pay_item_code = this_year.pay_item_code
            and candidates.tax_year = this_year.tax_year
    where terms.accrual_kind is not null or starts.employee_id is not null

),

folded as (

    select
        employee_id,
        pay_item_code,
        {{ fold(
            'array_sort(array_agg(' ~ struct_of(request) ~ '))',
            struct_of({
                'balance': 'cast(max(start_hours) as decimal(28, 5))',
                'year_accrued': 'cast(0 as decimal(28, 5))',
                'accrued': no_amounts(), 'lost': no_amounts(), 'paid': no_amounts(), 'balances': no_amounts(),
            }),
            struct_of({
                'balance': 'cast(' ~ at_the_end ~ ' - ' ~ paid ~ ' as decimal(28, 5))',
                'year_accrued': 'cast(' ~ year_before ~ ' + ' ~ accrued ~ ' as decimal(28, 5))',
                'accrued': 'array_append(so_far.accrued, cast(' ~ accrued ~ ' as decimal(28, 5)))',
                'lost': 'array_append(so_far.lost, cast(so_far.balance - ' ~ kept ~ ' as decimal(28, 5)))',
                'paid': 'array_append(so_far.paid, cast(' ~ paid ~ ' as decimal(28, 5)))',
                'balances': 'array_append(so_far.balances, cast(' ~ at_the_end ~ ' - ' ~ paid ~ ' as decimal(28, 5)))',
            }),
        ) }} as result
    from requests
    group by employee_id, pay_item_code

),

with_results as (

    select
        requests.*,
        cast({{ element_of('folded.result.accrued', 'requests.request_number') }} as decimal(18, 5))
            as accrued_hours,
        cast({{ element_of('folded.result.lost', 'requests.request_number') }} as decimal(18, 5))
            as lost_hours,
        cast({{ element_of('folded.result.paid', 'requests.request_number') }} as decimal(18, 5))
            as paid_hours,
        cast({{ element_of('folded.result.balances', 'requests.request_number') }} as decimal(18, 5))
            as balance_hours
    from requests
    inner join folded
        on
            requests.employee_id = folded.employee_id
            and requests.pay_item_code = folded.pay_item_code

),

rated as (

    select
        with_results.*,
        policies.gross_method,
        case
            when rates.rate_kind = 'hourly' then cast(rates.rate as decimal(38, 12))
            else {{ quotient(
                'rates.rate', 'policies.weeks_per_year * policies.salary_hours_per_week'
            ) }}
        end as hourly_rate
    from with_results
    inner join {{ ref('int_pay_period_policies') }} as policies
        on with_results.pay_period_id = policies.pay_period_id
    left join {{ ref('int_pay_rates_current') }} as rates
        on
            with_results.employee_id = rates.employee_id
            and with_results.job_code = rates.job_code
            and {{ in_force('rates', 'with_results.left_on') }}

)

select
    payslip_id,
    pay_period_id,
    employee_id,
    pay_item_code,
    source || ': ' || {{ money_text('accrued_hours') }} || ' hours earned, ' || {{ money_text('taken_hours') }}
    || ' taken, ' || {{ money_text('lost_hours') }} || ' lost, ' || {{ money_text('paid_hours') }}
    || ' paid at leaving; ' || {{ money_text('balance_hours') }} || ' are left.' as explanation,
    accrued_hours,
    cast(taken_hours as decimal(18, 5)) as taken_hours,
    lost_hours,
    paid_hours,
    balance_hours,
    cast(round(hourly_rate, 5) as decimal(28, 5)) as paid_rate,
    {{ rounded(
        'cast(cast(paid_hours as decimal(18, 5)) * cast(hourly_rate as decimal(20, 7)) as decimal(38, 12))',
        'gross_method'
    ) }} as payout_amount
from rated
