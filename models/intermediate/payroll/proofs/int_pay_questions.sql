{# Hours and amounts that no payslip would pay, that the law or the calendar cannot allow, or that HR gave twice. #}
{%- set keys = {
    'employees': (['employee_id', 'effective_on'], [
        'pay_group', 'work_state', 'home_state', 'job_code', 'hired_on', 'left_on',
    ]),
    'badges': (['badge', 'effective_on'], ['employee_id', 'ended_on']),
    'pay_periods': (['pay_period_id'], ['pay_group', 'kind', 'items', 'starts_on', 'ends_on', 'paid_on']),
    'pay_rates': (['employee_id', 'job_code', 'effective_on'], ['rate_kind', 'rate', 'is_overtime_eligible']),
    'tax_elections': (['employee_id', 'jurisdiction', 'effective_on'], [
        'filing_status', 'is_step_2_checked', 'dependents_amount', 'other_income_amount', 'deductions_amount',
        'extra_withholding_amount', 'allowances', 'is_exempt', 'form_year',
    ]),
    'bank_details': (['employee_id', 'priority', 'effective_on'], [
        'routing_number', 'account_number', 'account_kind', 'bic', 'iban', 'split_kind', 'split_value', 'ended_on',
    ]),
    'recurring_items': (['employee_id', 'pay_item_code', 'order_id', 'effective_on'], [
        'calculation', 'value', 'yearly_limit', 'total_limit', 'ended_on', 'order_kind', 'supports_another_family',
        'is_in_arrears',
    ]),
    'opening_balances': (['employee_id', 'tax_year', 'balance_kind', 'code', 'jurisdiction'], ['amount']),
    'leave': (['employee_id', 'leave_on', 'pay_item_code'], ['hours']),
} -%}
with worked_days as (

    select * from {{ ref('int_worked_days') }}

),

employees as (

    select * from {{ ref('dim_employees') }}

),

pay_periods as (

    select * from {{ ref('int_pay_periods') }}

),

closed_periods as (

    select * from {{ ref('int_pay_periods_closed') }}

),

pay_items as (

    select * from {{ ref('pay_items') }}

),

one_time_items as (

    select
        items.*,
        pay_periods.kind,
        pay_periods.tax_year,
        pay_periods.pay_group,
        pay_items.line_kind,
        pay_items.calculation_step,
        pay_items.is_in_regular_rate,
        pay_periods.has_days,
        case when closed_periods.pay_period_id is null then items.pay_period_id end as open_period_id,
        closed_periods.close_id,
        pay_periods.ends_before_on
    from {{ ref('int_one_time_items_current') }} as items
    inner join pay_periods
        on items.pay_period_id = pay_periods.pay_period_id
    left join pay_items
        on items.pay_item_code = pay_items.pay_item_code
    left join closed_periods
        on items.pay_period_id = closed_periods.pay_period_id

),

calendars as (

    {{ calendars() }}

),

{# Without a business date, the last day that anybody worked. #}
todays as (

    select coalesce({{ business_date() }}, max(worked_on)) as today_on
    from worked_days

),

hours_outside as (

    select
        worked_days.employee_id,
        worked_days.pay_group,
        min(worked_days.worked_on) as first_on,
        max(worked_days.worked_on) as last_on,
        cast(sum(worked_days.worked_seconds) as bigint) as worked_seconds
    from worked_days
    cross join todays
    left join calendars
        on worked_days.pay_group = calendars.pay_group
    where
        worked_days.pay_period_id is null
        and {{ is_day_unpaid('worked_days.worked_on', 'todays.today_on') }}
    group by worked_days.employee_id, worked_days.pay_group, worked_days.workweek_starts_on

),

leave_taken as (

    {{ newest_rows('stg_payroll__leave', ['employee_id', 'leave_on', 'pay_item_code']) }}

),

leave_placed as (

    select
        leave_taken.employee_id,
        leave_taken.pay_item_code,
        leave_taken.hours,
        leave_taken.leave_on,
        employees.pay_group,
        pay_periods.pay_period_id,
        case when closed_periods.pay_period_id is null then pay_periods.pay_period_id end as open_period_id,
        case
            when employees.employee_id is null then 'when HR has no record of the employee'
            when leave_taken.leave_on > employees.left_on
                then 'after the last day, ' || cast(employees.left_on as string)
            when leave_taken.leave_on < employees.hired_on
                then 'before the first day, ' || cast(employees.hired_on as string)
            when
                pay_periods.pay_period_id is null
                and {{ is_day_unpaid('leave_taken.leave_on', 'todays.today_on') }}
                then 'in no pay period'
        end as place
    from leave_taken
    cross join todays
    left join employees
        on
            leave_taken.employee_id = employees.employee_id
            and {{ in_force('employees', 'leave_taken.leave_on') }}
    left join pay_periods
        on
            employees.pay_group = pay_periods.pay_group
            and leave_taken.leave_on >= pay_periods.starts_on
            and leave_taken.leave_on < pay_periods.ends_before_on
    left join closed_periods
        on pay_periods.pay_period_id = closed_periods.pay_period_id
    left join calendars
        on employees.pay_group = calendars.pay_group

),

hours_of_days as (

    select
        employee_id,
        pay_group,
        pay_period_id,
        worked_seconds as seconds,
        worked_on as day_on
    from worked_days
    union all
    select
        employee_id,
        pay_group,
        pay_period_id,
        cast(hours * 3600 as bigint) as seconds,
        leave_on as day_on
    from leave_placed

),

long_days as (

    select
        hours_of_days.employee_id,
        max(hours_of_days.pay_group) as pay_group,
        max(case when closed_periods.pay_period_id is null then hours_of_days.pay_period_id end) as open_period_id,
        {{ hours_of('sum(hours_of_days.seconds)') }} as hours,
        hours_of_days.day_on
    from hours_of_days
    left join closed_periods
        on hours_of_days.pay_period_id = closed_periods.pay_period_id
    group by hours_of_days.employee_id, hours_of_days.day_on
    having sum(hours_of_days.seconds) > 24 * 3600

),

gaps as (

    select
        in_order.pay_group,
        in_order.pay_period_id,
        in_order.ends_before_on as first_on,
        {{ days_later('in_order.next_starts_on', -1) }} as last_on
    from (
        select
            *,
            lead(starts_on) over (partition by pay_group order by starts_on, pay_period_id) as next_starts_on,
            lead(pay_period_id) over (partition by pay_group order by starts_on, pay_period_id) as next_period_id
        from pay_periods
        where has_days
    ) as in_order
    left join closed_periods
        on in_order.next_period_id = closed_periods.pay_period_id
    where
        in_order.next_starts_on > in_order.ends_before_on
        and closed_periods.pay_period_id is null

),

doubled_items as (

    select
        one_time_item_id,
        other_item_id,
        open_period_id,
        pay_group,
        amount,
        hours,
        max(item_count) as item_count
    from (
        {%- for of_one, also in [
            ('pay_period_id', ''),
            ('tax_year, reason', "and count(distinct pay_period_id) > 1 and max(case when kind = 'regular' then 0 else 1 end) = 1")
        ] %}
        select
            min(one_time_item_id) as one_time_item_id,
            max(one_time_item_id) as other_item_id,
            max(open_period_id) as open_period_id,
            max(pay_group) as pay_group,
            amount,
            coalesce(hours, 0) as hours,
            count(*) as item_count
        from one_time_items
        group by employee_id, pay_item_code, amount, coalesce(hours, 0), {{ of_one }}
        having count(*) > 1 {{ also }}
        {{- '\n        union all' if not loop.last }}
        {%- endfor %}
    ) as doubled
    group by one_time_item_id, other_item_id, open_period_id, pay_group, amount, hours

),

first_deliveries as (

    select
        one_time_item_id,
        min(load_id) as load_id
    from {{ ref('stg_payroll__one_time_items') }}
    group by one_time_item_id

),

owed as (

    select
        corrections.*,
        pay_periods.pay_group
    from {{ ref('int_earning_corrections') }} as corrections
    inner join pay_periods
        on corrections.corrects_pay_period_id = pay_periods.pay_period_id
    where corrections.payslip_id is null

),

minimum_wages as (

    select * from {{ ref('minimum_wages') }}

),

open_weeks as (

    select
        workweeks.employee_id,
        workweeks.workweek_starts_on,
        workweeks.pay_period_id
    from {{ ref('int_workweek_hours') }} as workweeks
    left join closed_periods
        on workweeks.pay_period_id = closed_periods.pay_period_id
    where
        workweeks.pay_period_id is not null
        and closed_periods.pay_period_id is null

),

{# 29 CFR 776.4 and 778.5: the wage of a workweek over its hours. A salary pays a week at a fifty-second of the year. #}
minimum_by_week as (

    select
        worked_days.employee_id,
        worked_days.workweek_starts_on,
        max(open_weeks.pay_period_id) as pay_period_id,
        cast(sum(worked_days.worked_seconds) as bigint) as worked_seconds,
        cast(sum(
            case when worked_days.rate_kind = 'hourly' then worked_days.worked_seconds * worked_days.rate else 0 end
        ) as decimal(28, 5)) as rate_seconds,
        cast(max(
            case when worked_days.rate_kind = 'salary' then worked_days.rate else 0 end
        ) as decimal(28, 5)) as salary,
        cast(sum(worked_days.worked_seconds * greatest(
            federal.hourly_wage, coalesce(minimum_wages.hourly_wage, federal.hourly_wage)
        )) as decimal(28, 5)) as minimum_seconds,
        cast(sum(worked_days.worked_seconds * greatest(
            federal.tipped_hourly_wage, coalesce(minimum_wages.tipped_hourly_wage, federal.tipped_hourly_wage)
        )) as decimal(28, 5)) as tipped_minimum_seconds,
        max(minimum_wages.jurisdiction) as jurisdiction,
        max(minimum_wages.source) as wage_source
    from worked_days
    inner join open_weeks
        on
            worked_days.employee_id = open_weeks.employee_id
            and worked_days.workweek_starts_on = open_weeks.workweek_starts_on
    inner join employees
        on
            worked_days.employee_id = employees.employee_id
            and {{ in_force('employees', 'worked_days.worked_on') }}
    inner join minimum_wages as federal
        on
            federal.jurisdiction = 'US'
            and {{ in_force('federal', 'worked_days.worked_on') }}
    left join minimum_wages
        on
            employees.work_state = minimum_wages.jurisdiction
            and {{ in_force('minimum_wages', 'worked_days.worked_on') }}
    where worked_days.is_overtime_eligible or worked_days.rate_kind = 'hourly'
    group by worked_days.employee_id, worked_days.workweek_starts_on

),

{# Whatever takes wages back lowers them; what adds to them has to be pay for the hours. #}
items_of_payslips as (

    select
        earnings.payslip_id,
        cast(sum(
            case when earnings.pay_item_code = 'TIPS' then 0 else earnings.amount end
        ) as decimal(28, 5)) as amount,
        cast(sum(
            case when earnings.pay_item_code = 'TIPS' then earnings.amount else 0 end
        ) as decimal(28, 5)) as tips
    from {{ ref('int_earnings') }} as earnings
    inner join pay_items
        on earnings.pay_item_code = pay_items.pay_item_code
    where
        (
            (pay_items.calculation_step = 'item' and pay_items.is_in_regular_rate)
            or earnings.pay_item_code = 'TIPS'
            or earnings.amount < 0
        )
        and earnings.corrects_pay_period_id is null
    group by earnings.payslip_id

),

weeks_of_periods as (

    select
        weeks.*,
        coalesce(items.amount, 0) as item_amount,
        coalesce(items.tips, 0) as tips_amount,
        {{ weeks_ending_between(
            'pay_periods.starts_on', 'pay_periods.ends_before_on', 'pay_periods.workweek_starts_on'
        ) }} as week_count
    from minimum_by_week as weeks
    inner join pay_periods
        on weeks.pay_period_id = pay_periods.pay_period_id
    left join items_of_payslips as items
        on weeks.pay_period_id || '/' || weeks.employee_id = items.payslip_id

),

weeks_paid as (

    select
        *,
        cast(round({{ quotient(
            '(rate_seconds * 52 + salary * 3600) * week_count + 3600 * 52 * item_amount',
            'worked_seconds * 52 * week_count'
        ) }}, 5) as decimal(28, 5)) as wage,
        cast(round({{ quotient(
            '3600 * tips_amount', 'worked_seconds * week_count'
        ) }}, 5) as decimal(28, 5)) as tips,
        cast(round({{ quotient('minimum_seconds', 'worked_seconds') }}, 5) as decimal(28, 5)) as minimum_wage,
        cast(round({{ quotient('tipped_minimum_seconds', 'worked_seconds') }}, 5) as decimal(28, 5))
            as tipped_minimum_wage
    from weeks_of_periods

),

{# 29 CFR 541.600: who has no overtime has a salary of so much a week, whatever the hours; some states ask for more. #}
exempt_salaries as (

    select
        spans.pay_period_id,
        spans.employee_id,
        min(spans.rate) as rate,
        max(policies.value) as weekly_salary,
        max_by(policies.source, policies.value) as policy_source
    from {{ ref('int_rate_spans') }} as spans
    inner join pay_periods
        on spans.pay_period_id = pay_periods.pay_period_id
    inner join {{ ref('payroll_policies') }} as policies
        on
            policies.policy_code = 'exempt_weekly_salary'
            and policies.jurisdiction in ('US', spans.work_state)
            and {{ in_force('policies', 'spans.from_on') }}
    left join closed_periods
        on spans.pay_period_id = closed_periods.pay_period_id
    where
        spans.rate_kind = 'salary'
        and not spans.is_overtime_eligible
        and spans.weekdays > 0
        and spans.rate < policies.value * 52
        and pay_periods.currency = 'USD'
        and closed_periods.pay_period_id is null
    group by spans.pay_period_id, spans.employee_id

),

{# Few who are paid by the hour have no overtime (29 CFR 541.400(b) and 541.602): asked where it would be due. #}
hourly_without_overtime as (

    select
        weeks.employee_id,
        weeks.pay_group,
        max(weeks.workweek_starts_on) as workweek_starts_on
    from (
        select
            worked_days.employee_id,
            worked_days.workweek_starts_on,
            max(worked_days.pay_group) as pay_group,
            sum(worked_days.worked_seconds) as worked_seconds
        from worked_days
        inner join open_weeks
            on
                worked_days.employee_id = open_weeks.employee_id
                and worked_days.workweek_starts_on = open_weeks.workweek_starts_on
        where
            worked_days.rate_kind = 'hourly'
            and not worked_days.is_overtime_eligible
        group by worked_days.employee_id, worked_days.workweek_starts_on
    ) as weeks
    inner join {{ ref('payroll_policies') }} as policies
        on
            policies.policy_code = 'overtime_after_hours'
            and {{ in_force('policies', 'weeks.workweek_starts_on') }}
    where weeks.worked_seconds > policies.value * 3600
    group by weeks.employee_id, weeks.pay_group

),

{# 29 CFR 778.301 and 778.302: hours that fall in the workweek of the group before and in that of the group after count
   in both, and the higher overtime is paid. Each week has its own alone, so it is asked where both have more together. #}
weeks_of_two_groups as (

    select
        weeks.employee_id,
        weeks.pay_period_id,
        weeks.seconds,
        weeks.workweek_starts_on
    from (
        select
            employee_id,
            pay_period_id,
            counted_seconds + lag(counted_seconds) over (
                partition by employee_id order by workweek_starts_on
            ) as seconds,
            {{ days_between(
                'lag(workweek_starts_on) over (partition by employee_id order by workweek_starts_on)',
                'workweek_starts_on'
            ) }} as days_since,
            workweek_starts_on
        from {{ ref('int_workweek_hours') }}
    ) as weeks
    inner join {{ ref('payroll_policies') }} as policies
        on
            policies.policy_code = 'overtime_after_hours'
            and {{ in_force('policies', 'weeks.workweek_starts_on') }}
    left join closed_periods
        on weeks.pay_period_id = closed_periods.pay_period_id
    where
        weeks.days_since < 7
        and weeks.seconds > policies.value * 3600
        and closed_periods.pay_period_id is null

),

overtime_workers as (

    select distinct employee_id from {{ ref('int_workweek_hours') }}
    where overtime_seconds > 0

),

{# Pay for hours of no workweek: a run has none of its own, and none is around it. #}
bonuses_without_weeks as (

    select items.*
    from one_time_items as items
    inner join overtime_workers
        on items.employee_id = overtime_workers.employee_id
    left join pay_periods
        on
            items.pay_group = pay_periods.pay_group
            and pay_periods.has_days
            and items.ends_before_on > pay_periods.starts_on
            and items.ends_before_on <= pay_periods.ends_before_on
    where
        items.is_in_regular_rate
        and not items.has_days
        and items.corrects_pay_period_id is null
        and items.open_period_id is not null
        and pay_periods.pay_period_id is null

),

{# Rows of HR without a record of the employee pay nobody and take from nobody. #}
rows_of_nobody as (

    select
        delivered.entity,
        min(delivered.employee_id) as employee_id,
        count(distinct delivered.employee_id) as employee_count
    from (
        {% for entity in ['badges', 'pay_rates', 'tax_elections', 'bank_details', 'recurring_items'] -%}
        select
            '{{ entity }}' as entity,
            employee_id
        from {{ ref('stg_payroll__' ~ entity) }}
        {{- '' if loop.last else '\n        union all\n        ' }}
        {%- endfor %}
    ) as delivered
    left join employees
        on delivered.employee_id = employees.employee_id
    where employees.employee_id is null
    group by delivered.entity

),

employed as (

    select
        pay_periods.pay_period_id,
        employees.employee_id,
        employees.work_state,
        coalesce(reciprocity.home_state, employees.work_state) as income_tax_state
    from pay_periods
    inner join employees
        on
            pay_periods.pay_group = employees.pay_group
            and pay_periods.ends_before_on > employees.effective_on
            and pay_periods.ends_before_on > employees.hired_on
            and coalesce(employees.effective_before_on, pay_periods.ends_before_on) > pay_periods.starts_on
            and coalesce(employees.left_on, pay_periods.starts_on) >= pay_periods.starts_on
    left join closed_periods
        on pay_periods.pay_period_id = closed_periods.pay_period_id
    left join {{ ref('state_reciprocity') }} as reciprocity
        on
            employees.work_state = reciprocity.work_state
            and employees.home_state = reciprocity.home_state
            and {{ in_force('reciprocity', 'pay_periods.paid_on') }}
    where
        pay_periods.has_days
        and closed_periods.pay_period_id is null

),

{# Days of work in more than two states within an open period. #}
moves as (

    select
        pay_period_id,
        employee_id,
        min(work_state) as work_state,
        max(work_state) as other_state
    from employed
    group by pay_period_id, employee_id
    having count(distinct work_state) > 2

),

{# Work in one state that two tax, by where the employee lived. #}
moves_of_home as (

    select
        pay_period_id,
        employee_id,
        work_state,
        min(income_tax_state) as income_tax_state,
        max(income_tax_state) as other_state
    from employed
    group by pay_period_id, employee_id, work_state
    having count(distinct income_tax_state) > 1

),

{# What a run takes of the recurring items, by name; a regular period takes all. #}
items_named as (

    select
        pay_periods.pay_period_id,
        pay_periods.pay_group,
        pay_periods.kind,
        {{ each_word('pay_periods.items') }} as pay_item_code
    from pay_periods
    left join closed_periods
        on pay_periods.pay_period_id = closed_periods.pay_period_id
    where closed_periods.pay_period_id is null

),

tips_in_cash as (

    select
        taken.payslip_id,
        payslips.pay_period_id,
        -taken.amount as paid_amount,
        coalesce(items.tips, 0) as tips_amount
    from (
        select
            payslip_id,
            sum(amount) as amount
        from {{ ref('int_posttax_deductions') }}
        where pay_item_code = 'TIPPAID'
        group by payslip_id
    ) as taken
    inner join {{ ref('int_payslip_candidates') }} as payslips
        on taken.payslip_id = payslips.payslip_id
    left join items_of_payslips as items
        on taken.payslip_id = items.payslip_id
    where -taken.amount > coalesce(items.tips, 0)

),

support as (

    select
        requested.payslip_id,
        count(*) as order_count,
        max(policies.jurisdiction) is not null as is_sharing_known,
        max(
            case when requested.supports_another_family is null or requested.is_in_arrears is null then 1 else 0 end
        ) = 1 as is_unsaid
    from {{ ref('int_deductions_requested') }} as requested
    left join {{ ref('int_payslip_candidates') }} as payslips
        on requested.payslip_id = payslips.payslip_id
    left join {{ ref('payroll_policies') }} as policies
        on
            policies.policy_code = 'support_shared_equally'
            and payslips.work_state = policies.jurisdiction
            and {{ in_force('policies', 'payslips.paid_on') }}
    where requested.order_kind = 'support'
    group by requested.payslip_id

),

untaxed_states as (

    select distinct jurisdiction from {{ ref('income_tax_rules') }}
    where method = 'none'

),

{# States that may take something of the pay: those of work and that of home. #}
states_of_pay as (

    {% for state in ['work_state', 'other_work_state', 'home_state'] -%}
    select
        pay_group,
        {{ state }} as state,
        paid_on
    from {{ ref('int_payslip_candidates') }}
    where is_open and not is_only_if_owed and {{ state }} is not null
    {{- '' if loop.last else '\n    union\n    ' }}
    {%- endfor %}

),

balances as (

    select * from {{ ref('int_opening_balances') }}

),

balance_sums as (

    select
        balance_kind,
        code,
        coalesce(jurisdiction, '') as jurisdiction,
        tax_year,
        cast(sum(case when is_total then 0 else amount end) as decimal(28, 5)) as amount,
        max(case when is_total then amount end) as total_amount
    from balances
    group by balance_kind, code, coalesce(jurisdiction, ''), tax_year

),

{# Fees of orders by payslip and by month of paydays, whatever was taken of the order itself. #}
fees as (

    select
        payslip_id,
        line_key,
        -amount as amount
    from {{ ref('int_posttax_deductions') }}
    where pay_item_code = 'GARNFEE' and amount < 0

),

fees_of_months as (

    select
        payslips.employee_id,
        fees.line_key,
        fees.amount,
        payslips.paid_on
    from fees
    inner join {{ ref('int_payslip_candidates') }} as payslips
        on fees.payslip_id = payslips.payslip_id
    union all
    select
        employee_id,
        substr(payslip_line_id, length(payslip_id) + 2) as line_key,
        -amount as amount,
        paid_on
    from {{ ref('int_closed_payslip_lines') }}
    where pay_item_code = 'GARNFEE'

),

fees_allowed as (

    select
        fees.payslip_id,
        payslips.pay_period_id,
        fees.line_key,
        fees.amount,
        sum(months.amount) as month_amount,
        max(rules.payslip_amount) as payslip_limit,
        max(rules.month_amount) as month_limit,
        max(rules.source) as rule_source,
        max(case when garnishments.amount < 0 then rules.order_kind end) is not null as is_allowed,
        max(
            case when garnishments.order_kind = 'support' and garnishments.is_cut_at_what_may_be_taken then 1 else 0 end
        ) = 1 as is_beyond_support
    from fees
    inner join {{ ref('int_payslip_candidates') }} as payslips
        on fees.payslip_id = payslips.payslip_id
    inner join fees_of_months as months
        on
            payslips.employee_id = months.employee_id
            and fees.line_key = months.line_key
            and last_day(payslips.paid_on) = last_day(months.paid_on)
            and payslips.paid_on >= months.paid_on
    left join {{ ref('int_garnishments') }} as garnishments
        on
            fees.payslip_id = garnishments.payslip_id
            and fees.line_key = 'GARNFEE/' || garnishments.order_id
    left join {{ ref('garnishment_fees') }} as rules
        on
            garnishments.order_kind = rules.order_kind
            and payslips.work_state = rules.jurisdiction
            and {{ in_force('rules', 'payslips.paid_on') }}
    group by fees.payslip_id, payslips.pay_period_id, fees.line_key, fees.amount

),

leave_balances as (

    select * from {{ ref('int_leave_balances') }}

),

{# Leave that a state has paid at leaving, of who had some, and of which no balance is kept. #}
unkept_leave as (

    select distinct
        payslips.payslip_id,
        payslips.pay_period_id,
        policies.pay_item_code,
        policies.source
    from {{ ref('int_payslip_candidates') }} as payslips
    inner join employees
        on
            payslips.employee_id = employees.employee_id
            and employees.effective_before_on is null
            and payslips.starts_on <= employees.left_on
            and payslips.ends_before_on > employees.left_on
    inner join {{ ref('leave_policies') }} as policies
        on
            payslips.work_state = policies.work_state
            and policies.is_paid_at_leaving
            and {{ in_force('policies', 'payslips.paid_on') }}
    inner join leave_taken
        on
            payslips.employee_id = leave_taken.employee_id
            and policies.pay_item_code = leave_taken.pay_item_code
    left join leave_balances
        on
            payslips.payslip_id = leave_balances.payslip_id
            and policies.pay_item_code = leave_balances.pay_item_code
    where
        payslips.is_open
        and leave_balances.payslip_id is null

),

{# A question is asked once, however many files have it. #}
contradictions as (

    {% for entity, (key, columns) in keys.items() -%}
    {{ contradictions('stg_payroll__' ~ entity, key, columns) }}
    {{- '' if loop.last else '\n    union all\n    ' }}
    {%- endfor %}

)

select
    {{ surrogate_key(["'hours_outside'", 'employee_id', 'first_on', 'worked_seconds']) }} as question_id,
    cast(null as string) as pay_period_id,
    pay_group,
    'Employee ' || employee_id || ' worked ' || {{ money_text(hours_of('worked_seconds')) }} || ' hours from '
    || cast(first_on as string) || ' to ' || cast(last_on as string)
    || ', in no pay period of the group: deliver it in pay_periods' as question
from hours_outside
union all
select
    {{ surrogate_key(["'leave'", 'employee_id', 'leave_on', 'pay_item_code', 'hours']) }} as question_id,
    open_period_id as pay_period_id,
    pay_group,
    'Employee ' || employee_id || ' has ' || {{ money_text('hours') }} || ' hours of ' || pay_item_code || ' on '
    || cast(leave_on as string) || ', ' || place || ': correct it in leave' as question
from leave_placed
where place is not null
union all
select
    {{ surrogate_key(["'long_day'", 'employee_id', 'day_on', 'hours']) }} as question_id,
    open_period_id as pay_period_id,
    pay_group,
    'Employee ' || employee_id || ' has ' || {{ money_text('hours') }} || ' hours of work and leave on '
    || cast(day_on as string) || ': correct the punches or the leave' as question
from long_days
union all
select
    {{ surrogate_key(["'gap'", 'pay_group', 'first_on', 'last_on']) }} as question_id,
    cast(null as string) as pay_period_id,
    pay_group,
    'Pay group ' || pay_group || ' has no pay period from ' || cast(first_on as string) || ' to '
    || cast(last_on as string) || ': deliver it in pay_periods' as question
from gaps
union all
select
    {{ surrogate_key(["'overlap'", 'pay_period_id', 'overlapped_pay_period_id']) }} as question_id,
    pay_period_id,
    pay_group,
    'Pay period ' || pay_period_id || ' has days in common with ' || overlapped_pay_period_id
    || ' and pays one-time items alone: give its kind in pay_periods, or correct its days' as question
from pay_periods
where overlapped_pay_period_id is not null
union all
select
    {{ surrogate_key(["'owed'", 'earning_correction_id', 'amount']) }} as question_id,
    cast(null as string) as pay_period_id,
    pay_group,
    'Pay period ' || corrects_pay_period_id || ' would pay employee ' || employee_id || ' '
    || {{ money_text('amount') }} || ' more of ' || pay_item_code
    || ' today, and no open pay period pays it: deliver one in pay_periods' as question
from owed
union all
select
    {{ surrogate_key(["'item_twice'", 'one_time_item_id', 'other_item_id', 'amount', 'hours', 'item_count']) }}
        as question_id,
    open_period_id as pay_period_id,
    pay_group,
    'One-time items ' || one_time_item_id || ' and ' || other_item_id
    || ' give an employee the same amount of the same pay item: correct one in one_time_items' as question
from doubled_items
union all
select
    {{ surrogate_key(["'late_deduction'", 'items.one_time_item_id', 'items.amount']) }} as question_id,
    cast(null as string) as pay_period_id,
    items.pay_group,
    'One-time item ' || items.one_time_item_id || ' came after pay period ' || items.pay_period_id
    || ' was closed, which takes no deduction any more: give it an open one in one_time_items' as question
from one_time_items as items
inner join first_deliveries
    on items.one_time_item_id = first_deliveries.one_time_item_id
where
    items.line_kind <> 'earning'
    and first_deliveries.load_id > items.close_id
union all
select
    {{ surrogate_key(["'earlier_year'", 'items.one_time_item_id', 'items.amount']) }} as question_id,
    items.open_period_id as pay_period_id,
    items.pay_group,
    'One-time item ' || items.one_time_item_id || ' takes back pay of ' || items.corrects_pay_period_id
    || ', of another tax year: IRS Publication 15 section 13 lowers no wages of this year by it' as question
from one_time_items as items
inner join pay_periods as corrected
    on items.corrects_pay_period_id = corrected.pay_period_id
where
    items.line_kind = 'earning'
    and items.amount < 0
    and items.tax_year <> corrected.tax_year
    and items.open_period_id is not null
union all
select
    {{ surrogate_key(["'hours_by_item'", 'one_time_item_id', 'amount', 'coalesce(hours, 0)']) }} as question_id,
    open_period_id as pay_period_id,
    pay_group,
    'One-time item ' || one_time_item_id || ' pays ' || pay_item_code
    || ' beside the punches, which counts in no overtime and no minimum wage: deliver the hours as punches' as question
from one_time_items
where
    calculation_step = 'hours'
    and open_period_id is not null
union all
select
    {{ surrogate_key(["'bonus_without_weeks'", 'one_time_item_id', 'amount']) }} as question_id,
    open_period_id as pay_period_id,
    pay_group,
    'One-time item ' || one_time_item_id || ' pays ' || pay_item_code
    || ' in a run whose last day is in no pay period, so it raises no overtime (29 CFR 778.209):'
    || ' say by corrects_pay_period_id when it was earned' as question
from bonuses_without_weeks
union all
select
    {{ surrogate_key(["'deduction_paid'", 'one_time_item_id', 'amount']) }} as question_id,
    open_period_id as pay_period_id,
    pay_group,
    'One-time item ' || one_time_item_id || ' pays ' || {{ money_text('amount') }} || ' of ' || pay_item_code
    || ' to the employee: what takes it has a negative amount' as question
from one_time_items
where
    line_kind in ('pretax', 'posttax', 'garnishment')
    and amount > 0
    and open_period_id is not null
union all
select
    {{ surrogate_key(["'tips_in_cash'", 'payslip_id', 'paid_amount', 'tips_amount']) }} as question_id,
    pay_period_id,
    cast(null as string) as pay_group,
    'Payslip ' || payslip_id || ' takes ' || {{ money_text('paid_amount') }} || ' as tips received in cash and has '
    || {{ money_text('tips_amount') }} || ' of TIPS: give all of them as one-time items TIPS' as question
from tips_in_cash
union all
select
    {{ surrogate_key(["'items_named'", 'named.pay_period_id', 'named.kind', 'named.pay_item_code']) }} as question_id,
    named.pay_period_id,
    named.pay_group,
    'Pay period ' || named.pay_period_id || ' names ' || named.pay_item_code || ' in items, '
    || case when pay_items.pay_item_code is null then 'which is no pay item' else 'and is regular, so it takes all' end
    || ': correct it in pay_periods' as question
from items_named as named
left join pay_items
    on named.pay_item_code = pay_items.pay_item_code
where
    named.pay_item_code <> ''
    and (pay_items.pay_item_code is null or named.kind = 'regular')
union all
select
    {{ surrogate_key([
        "'moved_home'", 'pay_period_id', 'employee_id', 'work_state', 'income_tax_state', 'other_state'
    ]) }} as question_id,
    pay_period_id,
    cast(null as string) as pay_group,
    'Employee ' || employee_id || ' works in ' || work_state || ' and is taxed by ' || income_tax_state || ' and by '
    || other_state || ' in pay period ' || pay_period_id || ', by where the home is: only the last is withheld for'
        as question
from moves_of_home
union all
select
    {{ surrogate_key(["'exempt_salary'", 'pay_period_id', 'employee_id', 'rate']) }} as question_id,
    pay_period_id,
    cast(null as string) as pay_group,
    'Employee ' || employee_id || ' has no overtime at a salary of ' || {{ money_text('rate') }} || ' a year, below '
    || {{ money_text('weekly_salary') }} || ' a week (' || policy_source || '): correct pay_rates' as question
from exempt_salaries
union all
select
    {{ surrogate_key(["'hourly_without_overtime'", 'employee_id', 'pay_group']) }} as question_id,
    cast(null as string) as pay_period_id,
    pay_group,
    'Employee ' || employee_id || ' is paid by the hour and without overtime, in the workweek from '
    || cast(workweek_starts_on as string)
    || ' too, which has some (29 CFR 541.602): correct is_overtime_eligible of pay_rates' as question
from hourly_without_overtime
union all
select
    {{ surrogate_key(["'two_workweeks'", 'employee_id', 'workweek_starts_on', 'seconds']) }} as question_id,
    pay_period_id,
    cast(null as string) as pay_group,
    'Employee ' || employee_id || ' came to a pay group with another workweek, and has '
    || {{ money_text(hours_of('seconds')) }} || ' hours in that from ' || cast(workweek_starts_on as string)
    || ' and in the one before, which have days in common: compare the overtime of both (29 CFR 778.302), and pay what'
    || ' is missing by a one-time item CORR' as question
from weeks_of_two_groups
union all
select
    {{ surrogate_key(["'exemption_over'", 'payslip_id', 'exempt_through_on']) }} as question_id,
    pay_period_id,
    cast(null as string) as pay_group,
    'Payslip ' || payslip_id || ' withholds no federal income tax by an exemption that ended on '
    || cast(exempt_through_on as string) || ' (26 CFR 31.3402(f)(4)-2(c); IRS Publication 15 section 9): deliver the'
    || ' form of this year in tax_elections, or else the last one without an exemption, or single alone' as question
from {{ ref('int_income_tax_terms') }}
where paid_on > exempt_through_on
union all
select
    {{ surrogate_key(["'rows_of_nobody'", 'entity', 'employee_id', 'employee_count']) }} as question_id,
    cast(null as string) as pay_period_id,
    cast(null as string) as pay_group,
    'File ' || entity || ' has rows of ' || employee_id || case
        when employee_count > 1 then ' and ' || cast(employee_count - 1 as string) || ' more'
        else ''
    end || ', of whom HR has no record, so they pay nobody: correct it, or deliver employees' as question
from rows_of_nobody
union all
select
    {{ surrogate_key(["'minimum_wage'", 'employee_id', 'workweek_starts_on', 'wage', 'tips']) }} as question_id,
    pay_period_id,
    cast(null as string) as pay_group,
    'Employee ' || employee_id || ' earns ' || {{ money_text('wage') }} || ' an hour and ' || {{ money_text('tips') }}
    || ' of tips in the workweek from ' || cast(workweek_starts_on as string) || ', below the minimum wage, '
    || {{ money_text('minimum_wage') }} || ' (' || coalesce(wage_source, '29 USC 206')
    || '): correct pay_rates, or give the tips as one-time items TIPS' as question
from weeks_paid
where
    wage + tips < minimum_wage
    or (wage < minimum_wage and wage < tipped_minimum_wage)
union all
select
    {{ surrogate_key(["'moved_state'", 'pay_period_id', 'employee_id', 'work_state', 'other_state']) }} as question_id,
    pay_period_id,
    cast(null as string) as pay_group,
    'Employee ' || employee_id || ' works in ' || work_state || ' and in ' || other_state || ' in pay period '
    || pay_period_id || ', and in a third state: the pay is shared by two at most, so withhold by hand' as question
from moves
union all
select
    {{ surrogate_key(["'order'", 'garnishments.payslip_id', 'garnishments.line_key', 'garnishments.amount']) }}
        as question_id,
    payslips.pay_period_id,
    cast(null as string) as pay_group,
    'Payslip ' || garnishments.payslip_id || ' takes ' || {{ money_text('-garnishments.amount') }} || ' of the '
    || {{ money_text('garnishments.asked_amount') }} || ' that ' || garnishments.line_key || ' asks'
    || case
        when garnishments.order_kind is null then ', as of a creditor: say its order_kind in recurring_items'
        when support.is_unsaid
            then ', as of support beside another family and without arrears: say both in recurring_items'
        else ', its part by what each order asks: see how the state shares pay, and say it in payroll_policies'
    end as question
from {{ ref('int_garnishments') }} as garnishments
inner join {{ ref('int_payslip_candidates') }} as payslips
    on garnishments.payslip_id = payslips.payslip_id
left join support
    on garnishments.payslip_id = support.payslip_id
-- A percentage is rounded and its limit is cut: they may differ by a cent.
where
    garnishments.is_cut_at_what_may_be_taken
    and garnishments.asked_amount + garnishments.amount > 0.01
    and (
        garnishments.order_kind is null
        or (
            garnishments.order_kind = 'support'
            and (support.is_unsaid or (support.order_count > 1 and not support.is_sharing_known))
        )
    )
union all
select
    {{ surrogate_key(["'balance'", 'balance_kind', 'code', 'jurisdiction', 'tax_year', 'amount', 'total_amount']) }}
        as question_id,
    cast(null as string) as pay_period_id,
    cast(null as string) as pay_group,
    'Opening balances of ' || cast(tax_year as string) || ', ' || balance_kind || ' ' || code || ' ' || jurisdiction
    || ', add up to ' || {{ money_text('amount') }} || ', and their row TOTAL says '
    || coalesce({{ money_text('total_amount') }}, 'nothing') || ': correct opening_balances' as question
from balance_sums
where amount is distinct from total_amount
union all
select
    {{ surrogate_key(["'opening_year'", 'tax_year', 'count(*)', 'sum(amount)']) }} as question_id,
    cast(null as string) as pay_period_id,
    cast(null as string) as pay_group,
    'Opening balances of ' || cast(tax_year as string) || ' have ' || cast(count(*) as string)
    || ' rows, of ' || cast(count(distinct employee_id) as string)
    || ' employees: compare them with what was paid before, and accept them' as question
from balances
where not is_total
group by tax_year
union all
select distinct
    {{ surrogate_key(["'balance_of_nobody'", 'balances.employee_id', 'balances.code']) }} as question_id,
    cast(null as string) as pay_period_id,
    cast(null as string) as pay_group,
    'Opening balances give ' || balances.code || ' to ' || balances.employee_id || case
        when employees.employee_id is null then ', of whom HR has no record'
        else ', which is no pay item or wage base with a jurisdiction'
    end || ': correct opening_balances' as question
from balances
left join employees
    on balances.employee_id = employees.employee_id
left join pay_items
    on
        balances.code = pay_items.pay_item_code
        and (
            balances.balance_kind = 'item'
            or (balances.balance_kind = 'leave' and pay_items.calculation_step = 'leave')
        )
left join {{ ref('pay_item_wages') }} as wages
    on
        balances.code = wages.wage_base
        and balances.balance_kind = 'wages'
        and balances.jurisdiction is not null
where
    not balances.is_total
    and (employees.employee_id is null or (pay_items.pay_item_code is null and wages.wage_base is null))
union all
select
    {{ surrogate_key(["'home_state'", 'payslips.payslip_id', 'payslips.work_state', 'payslips.home_state']) }}
        as question_id,
    payslips.pay_period_id,
    cast(null as string) as pay_group,
    'Payslip ' || payslips.payslip_id || ' is of somebody who works in ' || payslips.work_state || ' and lives in '
    || payslips.home_state || ', without an agreement in state_reciprocity: nothing is withheld for '
    || payslips.home_state as question
from {{ ref('int_payslip_candidates') }} as payslips
left join untaxed_states
    on payslips.home_state = untaxed_states.jurisdiction
where
    payslips.is_open
    and not payslips.is_only_if_owed
    and payslips.home_state <> payslips.income_tax_state
    and untaxed_states.jurisdiction is null
union all
select
    {{ surrogate_key([
        "'closed_state'", 'closed.payslip_id', 'payslips.work_state', 'payslips.income_tax_state',
        'payslips.other_work_state',
    ]) }} as question_id,
    cast(null as string) as pay_period_id,
    closed.pay_group,
    'Payslip ' || closed.payslip_id || ' is closed with the taxes of ' || closed.work_state
    || coalesce(' and ' || closed.other_work_state, '') || ', and by what HR says now the work was done in '
    || payslips.work_state || coalesce(' and ' || payslips.other_work_state, '') || case
        when payslips.income_tax_state <> payslips.work_state then ' and is taxed by ' || payslips.income_tax_state
        else ''
    end || ': correct employees, or the taxes of both states by hand' as question
from {{ ref('int_closed_payslips') }} as closed
inner join {{ ref('int_payslip_candidates') }} as payslips
    on closed.payslip_id = payslips.payslip_id
left join {{ ref('int_voided_payslips') }} as voided
    on closed.payslip_id = voided.payslip_id
where
    voided.payslip_id is null
    and (
        closed.work_state <> payslips.work_state
        or closed.income_tax_state <> payslips.income_tax_state
        or coalesce(closed.other_work_state, '') <> coalesce(payslips.other_work_state, '')
    )
union all
select
    {{ surrogate_key(["'contradiction'", 'entity', 'subject', 'counted_contents']) }} as question_id,
    cast(null as string) as pay_period_id,
    cast(null as string) as pay_group,
    'File ' || entity || ' has ' || cast(line_count as string) || ' lines of ' || subject
    || ' with different contents, of which the last one counts: deliver one' as question
from contradictions
union all
select
    {{ surrogate_key(["'levy'", 'states.pay_group', 'states.state', 'levies.levy_code']) }} as question_id,
    cast(null as string) as pay_period_id,
    states.pay_group,
    'Pay group ' || states.pay_group || ' has pay in ' || states.state || coalesce(
        ', whose ' || max(levies.levy_name) || ' nothing withholds (' || max(levies.source) || '): withhold it by hand',
        ', and state_levies does not say what it takes beside its income tax: add it'
    ) as question
from states_of_pay as states
left join {{ ref('state_levies') }} as levies
    on
        states.state = levies.jurisdiction
        and {{ in_force('levies', 'states.paid_on') }}
left join {{ ref('tax_rates') }} as rates
    on
        levies.pay_item_code = rates.pay_item_code
        and levies.jurisdiction = rates.jurisdiction
        and {{ in_force('rates', 'states.paid_on') }}
where
    rates.pay_item_code is null
    and levies.levy_code is distinct from 'none'
group by states.pay_group, states.state, levies.levy_code
union all
select
    {{ surrogate_key(["'leave_balance'", 'payslip_id', 'pay_item_code', 'balance_hours']) }} as question_id,
    pay_period_id,
    cast(null as string) as pay_group,
    'Payslip ' || payslip_id || ' takes ' || {{ money_text('taken_hours') }} || ' hours of ' || pay_item_code
    || ', ' || {{ money_text('-balance_hours') }}
    || ' more than the balance: correct leave, or give its opening balance' as question
from leave_balances
where taken_hours > 0 and balance_hours < 0
union all
select
    {{ surrogate_key(["'leave_without_rate'", 'payslip_id', 'pay_item_code']) }} as question_id,
    pay_period_id,
    cast(null as string) as pay_group,
    'Payslip ' || payslip_id || ' is to pay ' || {{ money_text('paid_hours') }} || ' hours of ' || pay_item_code
    || ' that are left, and pay_rates has no rate on the last day: give it' as question
from leave_balances
where paid_hours > 0 and payout_amount is null
union all
select
    {{ surrogate_key(["'leave_not_kept'", 'payslip_id', 'pay_item_code']) }} as question_id,
    pay_period_id,
    cast(null as string) as pay_group,
    'Payslip ' || payslip_id || ' is of somebody who leaves, whose ' || pay_item_code || ' is to be paid (' || source
    || '), and no balance of it is kept: pay it by a one-time item LEAVEPAY' as question
from unkept_leave
union all
select
    {{ surrogate_key(["'fee'", 'payslip_id', 'line_key', 'amount', 'month_amount']) }} as question_id,
    pay_period_id,
    cast(null as string) as pay_group,
    'Payslip ' || payslip_id || ' takes ' || {{ money_text('amount') }} || ' as ' || line_key || ', '
    || {{ money_text('month_amount') }} || ' in the month'
    || case
        when amount > payslip_limit or month_amount > month_limit
            then ', more than ' || rule_source || ' lets an employer keep'
        when is_allowed then ', beyond what may be taken for support with its fee (45 CFR 303.100(a)(3))'
        else ', and garnishment_fees has no fee of an order of its kind and state that took something'
    end || ': correct it in recurring_items' as question
from fees_allowed
where
    not is_allowed
    or is_beyond_support
    or amount > payslip_limit
    or month_amount > month_limit
