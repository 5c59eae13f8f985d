{% set is_over_straight_hours = 'bonuses.is_flat_sum and workweeks.is_flat_bonus_over_straight_hours' -%}
with rate_spans as (

    select * from {{ ref('int_rate_spans') }}
    where rate_kind = 'salary' and weekdays > 0

),

worked as (

    select
        pay_period_id,
        employee_id,
        job_code,
        rate,
        sum(worked_seconds) as worked_seconds
    from {{ ref('int_worked_days') }}
    where pay_period_id is not null and rate_kind = 'hourly'
    group by pay_period_id, employee_id, job_code, rate

),

leave_taken as (

    select
        pay_period_id,
        employee_id,
        pay_item_code,
        rate_kind,
        rate,
        cast(sum(hours) as decimal(18, 5)) as hours
    from {{ ref('int_leave_days') }}
    where pay_period_id is not null and rate is not null
    group by pay_period_id, employee_id, pay_item_code, rate_kind, rate

),

workweeks as (

    select * from {{ ref('int_workweek_hours') }}
    where pay_period_id is not null

),

pay_periods as (

    select
        pay_period_id,
        earned_period_id,
        {{ weeks_ending_between('starts_on', 'ends_before_on', 'workweek_starts_on') }} as week_count,
        starts_on,
        ends_before_on
    from {{ ref('int_pay_periods') }}

),

recurring_items as (

    select * from {{ ref('int_recurring_items_due') }}

),

one_time_items as (

    select * from {{ ref('int_one_time_items_current') }}

),

pay_items as (

    select * from {{ ref('pay_items') }}
    where line_kind = 'earning'

),

items as (

    select
        payslip_id,
        pay_period_id,
        employee_id,
        pay_item_code,
        pay_item_code || '/recurring' as line_key,
        cast(null as string) as corrects_pay_period_id,
        cast(null as decimal(18, 5)) as hours,
        value as amount,
        'Recurring amount of each period.' as explanation
    from recurring_items
    where calculation = 'amount'
    union all
    select
        pay_period_id || '/' || employee_id as payslip_id,
        pay_period_id,
        employee_id,
        pay_item_code,
        pay_item_code || '/' || one_time_item_id as line_key,
        corrects_pay_period_id,
        cast(hours as decimal(18, 5)) as hours,
        amount,
        'One-time item ' || one_time_item_id || ': ' || reason as explanation
    from one_time_items

),

item_earnings as (

    select
        items.payslip_id,
        items.employee_id,
        items.pay_item_code,
        items.line_key,
        items.corrects_pay_period_id,
        coalesce(items.corrects_pay_period_id, pay_periods.earned_period_id) as earned_period_id,
        items.hours,
        cast(items.amount as decimal(38, 12)) as exact_amount,
        items.explanation,
        pay_items.is_in_regular_rate,
        pay_items.is_flat_sum
    from items
    inner join pay_items
        on items.pay_item_code = pay_items.pay_item_code
    inner join pay_periods
        on items.pay_period_id = pay_periods.pay_period_id

),

bonuses as (

    select
        item_earnings.payslip_id,
        item_earnings.employee_id,
        item_earnings.is_flat_sum,
        pay_periods.week_count,
        pay_periods.starts_on,
        pay_periods.ends_before_on,
        cast(sum(item_earnings.exact_amount) as decimal(28, 5)) as bonus_amount
    from item_earnings
    inner join pay_periods
        on item_earnings.earned_period_id = pay_periods.pay_period_id
    where item_earnings.is_in_regular_rate
    group by
        item_earnings.payslip_id,
        item_earnings.employee_id,
        item_earnings.is_flat_sum,
        pay_periods.week_count,
        pay_periods.starts_on,
        pay_periods.ends_before_on

),

{# 29 CFR 778.209: the weeks that end in the period count, of whichever pay group they are. Where a flat sum is of the
   hours without overtime alone (Alvarado v. Dart Container, 4 Cal.5th 542), those with it are paid 1.5 times it. #}
bonuses_of_weeks as (

    select
        bonuses.payslip_id,
        bonuses.bonus_amount,
        bonuses.week_count,
        workweeks.employee_id,
        workweeks.overtime_seconds,
        workweeks.workweek_starts_on,
        case
            when {{ is_over_straight_hours }}
                then workweeks.counted_seconds - workweeks.overtime_seconds - workweeks.day_overtime_seconds
            else workweeks.counted_seconds
        end as shared_seconds,
        workweeks.overtime_multiple - case
            when {{ is_over_straight_hours }} then 0
            else 1
        end as premium_multiple,
        workweeks.day_premium_seconds + case
            when {{ is_over_straight_hours }} then workweeks.day_overtime_seconds
            else 0
        end as day_premium_seconds
    from workweeks
    inner join bonuses
        on
            workweeks.employee_id = bonuses.employee_id
            and workweeks.workweek_ends_on >= bonuses.starts_on
            and workweeks.workweek_ends_on < bonuses.ends_before_on

),

bonus_sums as (

    select
        employee_id,
        workweek_starts_on,
        cast(sum({{ quotient('bonus_amount * 3600', 'week_count') }}) as decimal(28, 5)) as bonus_seconds
    from bonuses_of_weeks
    group by employee_id, workweek_starts_on

),

{# What items pay for the hours of a workweek lessens what tips have to. #}
credited as (

    select
        workweeks.*,
        cast(greatest(
            coalesce(workweeks.tip_credit_seconds, 0) - greatest(coalesce(bonus_sums.bonus_seconds, 0), 0), 0
        ) as decimal(28, 5)) as credit_seconds
    from workweeks
    left join bonus_sums
        on
            workweeks.employee_id = bonus_sums.employee_id
            and workweeks.workweek_starts_on = bonus_sums.workweek_starts_on
    where
        workweeks.overtime_seconds > 0
        or workweeks.seconds_beyond_salary > 0
        or workweeks.day_premium_seconds > 0

),

rated as (

    select
        *,
        cast(annual_rate_seconds + credit_seconds * salary_hours_per_year as decimal(34, 5)) as counted_rate_seconds
    from credited

),

priced as (

    select
        *,
        {{ quotient('counted_rate_seconds', 'counted_seconds * salary_hours_per_year') }} as regular_rate,
        {{ quotient(
            'counted_rate_seconds * overtime_seconds * (overtime_multiple - 1)',
            'counted_seconds * salary_hours_per_year * 3600'
        ) }} as premium,
        {{ quotient(
            'counted_rate_seconds * day_premium_seconds', 'counted_seconds * salary_hours_per_year * 3600'
        ) }} as day_premium,
        coalesce({{ quotient(
            'salary_seconds * seconds_beyond_salary', 'salaried_seconds * salary_hours_per_year * 3600'
        ) }}, 0) as pay_beyond_salary
    from rated

),

shares as (

    select
        payslip_id,
        workweek_starts_on,
        max(overtime_seconds) as overtime_seconds,
        max(day_premium_seconds) as day_premium_seconds,
        cast(sum(bonus_amount) as decimal(28, 5)) as bonus_amount,
        sum({{ quotient(
            'bonus_amount * 3600 * premium_multiple', 'shared_seconds * week_count'
        ) }}) as premium_rate,
        cast(sum({{ quotient(
            'bonus_amount * overtime_seconds * premium_multiple', 'shared_seconds * week_count'
        ) }}) as decimal(38, 12)) as premium,
        cast(sum({{ quotient(
            'bonus_amount * day_premium_seconds', 'shared_seconds * week_count'
        ) }}) as decimal(38, 12)) as day_premium
    from bonuses_of_weeks
    where overtime_seconds > 0 or day_premium_seconds > 0
    group by payslip_id, workweek_starts_on

)

select
    pay_period_id || '/' || employee_id as payslip_id,
    'SAL' as pay_item_code,
    'SAL/' || job_code || '/' || cast(from_on as string) as line_key,
    cast(null as string) as corrects_pay_period_id,
    cast(null as decimal(18, 5)) as hours,
    rate,
    cast(null as decimal(28, 5)) as basis_amount,
    {{ quotient('rate * weekdays', 'periods_per_year * period_weekdays') }} as exact_amount,
    'Yearly salary over ' || cast(periods_per_year as string) || ' periods, ' || cast(weekdays as string) || ' of '
    || cast(period_weekdays as string) || ' weekdays.' as explanation
from rate_spans
union all
select
    pay_period_id || '/' || employee_id as payslip_id,
    'REG' as pay_item_code,
    'REG/' || job_code || '/' || {{ money_text('rate') }} as line_key,
    cast(null as string) as corrects_pay_period_id,
    {{ hours_of('worked_seconds') }} as hours,
    rate,
    cast(null as decimal(28, 5)) as basis_amount,
    {{ quotient('worked_seconds * rate', 3600) }} as exact_amount,
    'Hours in job ' || job_code || ' times its rate; hours beyond the weekly limit are among them.' as explanation
from worked
union all
select
    pay_period_id || '/' || employee_id as payslip_id,
    pay_item_code,
    pay_item_code || '/' || rate_kind || '/' || {{ money_text('rate') }} as line_key,
    cast(null as string) as corrects_pay_period_id,
    hours,
    rate,
    cast(null as decimal(28, 5)) as basis_amount,
    case
        {# Of two decimals of 18 digits DuckDB makes a product of 18. #}
        when rate_kind = 'hourly'
            then cast(cast(hours as decimal(19, 5)) * cast(rate as decimal(18, 5)) as decimal(38, 12))
        else cast(0 as decimal(38, 12))
    end as exact_amount,
    case
        when rate_kind = 'hourly' then 'Hours of leave times the rate of the main job on the day.'
        else 'The salary pays these hours.'
    end as explanation
from leave_taken
union all
select
    pay_period_id || '/' || employee_id as payslip_id,
    'OT' as pay_item_code,
    'OT/' || cast(workweek_starts_on as string) as line_key,
    cast(null as string) as corrects_pay_period_id,
    {{ hours_of('overtime_seconds') }} as hours,
    cast(round(regular_rate * (overtime_multiple - 1), 5) as decimal(28, 5)) as rate,
    cast(round(regular_rate, 5) as decimal(28, 5)) as basis_amount,
    {# Of two decimals of 38 digits Spark makes a sum of eleven decimals. #}
    cast(
        cast(premium as decimal(28, 12)) + cast(pay_beyond_salary as decimal(28, 12)) as decimal(38, 12)
    ) as exact_amount,
    'Workweek from ' || cast(workweek_starts_on as string) || ': overtime hours times half the blended regular rate'
    || case when credit_seconds > 0 then ', tips counting up to the minimum wage' else '' end
    || case when pay_beyond_salary > 0 then ', and the hours beyond those the salary pays.' else '.' end as explanation
from priced
where overtime_seconds > 0 or seconds_beyond_salary > 0
union all
select
    pay_period_id || '/' || employee_id as payslip_id,
    'OTDAY' as pay_item_code,
    'OTDAY/' || cast(workweek_starts_on as string) as line_key,
    cast(null as string) as corrects_pay_period_id,
    {{ hours_of('day_overtime_seconds') }} as hours,
    cast(null as decimal(28, 5)) as rate,
    cast(round(regular_rate, 5) as decimal(28, 5)) as basis_amount,
    day_premium as exact_amount,
    'Workweek from ' || cast(workweek_starts_on as string)
    || ': overtime by the day, more than that over the weekly limit, times half the blended regular rate'
    || case
        when double_time_seconds > 0
            then ', and ' || {{ money_text(hours_of('double_time_seconds')) }} || ' hours of the week at the double.'
        else '.'
    end as explanation
from priced
where day_premium_seconds > 0
union all
select
    payslip_id,
    'OT' as pay_item_code,
    'OT/bonus/' || cast(workweek_starts_on as string) as line_key,
    cast(null as string) as corrects_pay_period_id,
    cast(null as decimal(18, 5)) as hours,
    cast(round(premium_rate, 5) as decimal(28, 5)) as rate,
    bonus_amount as basis_amount,
    premium as exact_amount,
    'Workweek from ' || cast(workweek_starts_on as string)
    || ': its part of the bonus over its hours, for the overtime hours that another line shows.' as explanation
from shares
where overtime_seconds > 0
union all
select
    payslip_id,
    'OTDAY' as pay_item_code,
    'OTDAY/bonus/' || cast(workweek_starts_on as string) as line_key,
    cast(null as string) as corrects_pay_period_id,
    cast(null as decimal(18, 5)) as hours,
    cast(null as decimal(28, 5)) as rate,
    bonus_amount as basis_amount,
    day_premium as exact_amount,
    'Workweek from ' || cast(workweek_starts_on as string)
    || ': its part of the bonus over its hours, for the overtime by the day that another line shows.' as explanation
from shares
where day_premium_seconds > 0
union all
select
    payslip_id,
    pay_item_code,
    line_key,
    corrects_pay_period_id,
    hours,
    cast(null as decimal(28, 5)) as rate,
    cast(null as decimal(28, 5)) as basis_amount,
    exact_amount,
    explanation
from item_earnings
