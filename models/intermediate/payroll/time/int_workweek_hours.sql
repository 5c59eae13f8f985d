{# Hours over the limit of a workday are among those over the limit of the week, as far as there are some: no hour has
   two premiums (29 CFR 778.203; California Labor Code 510(a)). -#}
{% set day_overtime = 'greatest(day_overtime_seconds - greatest(counted_seconds - threshold_seconds, 0), 0)' -%}
with worked_days as (

    select * from {{ ref('int_worked_days') }}

),

employees as (

    select * from {{ ref('dim_employees') }}

),

pay_periods as (

    select * from {{ ref('int_pay_periods') }}

),

policies as (

    select * from {{ ref('int_pay_period_policies') }}

),

minimum_wages as (

    select * from {{ ref('minimum_wages') }}

),

highest_wages as (

    select max(hourly_wage) as hourly_wage from minimum_wages

),

{# 29 CFR 531.60 and 778.107: hours that tips pay in part count in the regular rate at the whole minimum wage. #}
tip_credits as (

    select
        worked_days.employee_id,
        worked_days.workweek_starts_on,
        cast(sum(
            worked_days.worked_seconds * greatest(
                greatest(federal.hourly_wage, coalesce(minimum_wages.hourly_wage, federal.hourly_wage))
                - worked_days.rate, 0
            )
        ) as decimal(28, 5)) as tip_credit_seconds
    from worked_days
    cross join highest_wages
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
    where
        worked_days.is_overtime_eligible
        and worked_days.rate_kind = 'hourly'
        and worked_days.rate < highest_wages.hourly_wage
    group by worked_days.employee_id, worked_days.workweek_starts_on

),

{# The hours of a workday that a state pays more for, by its rows in payroll_policies. The seventh day of a workweek
   without a day off has a rule of its own. #}
{% set codes = [
    'daily_overtime_after_hours', 'daily_double_time_after_hours', 'seventh_day_double_time_after_hours',
    'double_time_multiple', 'flat_bonus_over_straight_hours',
] -%}
policies_of_days as (

    select
        worked_days.employee_id,
        worked_days.workweek_starts_on,
        worked_days.worked_on,
        state_policies.policy_code,
        cast(max(state_policies.value) as decimal(12, 5)) as policy_value,
        sum(
            case when worked_days.is_overtime_eligible then worked_days.worked_seconds else 0 end
        ) as counted_seconds
    from worked_days
    inner join employees
        on
            worked_days.employee_id = employees.employee_id
            and {{ in_force('employees', 'worked_days.worked_on') }}
    inner join {{ ref('payroll_policies') }} as state_policies
        on
            employees.work_state = state_policies.jurisdiction
            and state_policies.policy_code in (
                {%- for code in codes %}
                '{{ code }}'{{ ',' if not loop.last }}
                {%- endfor %}
            )
            and {{ in_force('state_policies', 'worked_days.worked_on') }}
    where worked_days.worked_seconds > 0
    group by
        worked_days.employee_id,
        worked_days.workweek_starts_on,
        worked_days.worked_on,
        state_policies.policy_code

),

days_of_states as (

    select
        employee_id,
        workweek_starts_on,
        worked_on,
        max(counted_seconds) as counted_seconds,
        {%- for code in codes %}
        max(case when policy_code = '{{ code }}' then policy_value end) as {{ code }},
        {%- endfor %}
        worked_on = {{ days_later('workweek_starts_on', 6) }}
        and count(*) over (partition by employee_id, workweek_starts_on) = 7 as is_seventh_day
    from policies_of_days
    group by employee_id, workweek_starts_on, worked_on

),

overtime_of_days as (

    select
        employee_id,
        workweek_starts_on,
        cast(sum(
            case
                when is_seventh_day and seventh_day_double_time_after_hours is not null then counted_seconds
                else greatest(counted_seconds - daily_overtime_after_hours * 3600, 0)
            end
        ) as bigint) as overtime_seconds,
        cast(sum(
            greatest(counted_seconds - 3600 * case
                when is_seventh_day
                    then coalesce(seventh_day_double_time_after_hours, daily_double_time_after_hours)
                else daily_double_time_after_hours
            end, 0)
        ) as bigint) as double_time_seconds,
        max(double_time_multiple) as double_time_multiple,
        max(flat_bonus_over_straight_hours) as flat_bonus_over_straight_hours
    from days_of_states
    group by employee_id, workweek_starts_on

),

workweeks as (

    select
        employee_id,
        workweek_starts_on,
        {{ days_later('workweek_starts_on', 6) }} as workweek_ends_on,
        cast(sum(worked_seconds) as bigint) as worked_seconds,
        cast(sum(case when is_overtime_eligible then worked_seconds else 0 end) as bigint) as counted_seconds,
        cast(sum(
            case when is_overtime_eligible and rate_kind = 'salary' then worked_seconds else 0 end
        ) as bigint) as salaried_seconds,
        cast(sum(
            case when is_overtime_eligible and rate_kind = 'hourly' then worked_seconds * rate else 0 end
        ) as decimal(28, 5)) as hourly_rate_seconds,
        cast(sum(
            case when is_overtime_eligible and rate_kind = 'salary' then worked_seconds * rate else 0 end
        ) as decimal(28, 5)) as salary_seconds,
        max(case when rate is null then job_code end) as job_code_without_rate
    from worked_days
    group by employee_id, workweek_starts_on

),

placed as (

    select
        workweeks.*,
        coalesce(tip_credits.tip_credit_seconds, 0) as tip_credit_seconds,
        greatest(
            coalesce(overtime_of_days.overtime_seconds, 0), coalesce(long_workdays.long_day_seconds, 0)
        ) as day_overtime_seconds,
        coalesce(overtime_of_days.double_time_seconds, 0) as double_time_seconds,
        overtime_of_days.double_time_multiple,
        coalesce(overtime_of_days.flat_bonus_over_straight_hours, 0) = 1 as is_flat_bonus_over_straight_hours,
        pay_periods.pay_period_id,
        cast(policies.overtime_after_hours * 3600 as bigint) as threshold_seconds,
        policies.overtime_multiple,
        cast(policies.weeks_per_year * policies.salary_hours_per_week as bigint) as salary_hours_per_year,
        cast(policies.salary_hours_per_week * 3600 as bigint) as salary_week_seconds
    from workweeks
    inner join employees
        on
            workweeks.employee_id = employees.employee_id
            and {{ in_force('employees', 'workweeks.workweek_ends_on') }}
    left join tip_credits
        on
            workweeks.employee_id = tip_credits.employee_id
            and workweeks.workweek_starts_on = tip_credits.workweek_starts_on
    left join overtime_of_days
        on
            workweeks.employee_id = overtime_of_days.employee_id
            and workweeks.workweek_starts_on = overtime_of_days.workweek_starts_on
    {# Below so many minimum wages: the rate blended over the workweek, its salary by the hours of a year. #}
    left join {{ ref('int_long_workdays') }} as long_workdays
        on
            workweeks.employee_id = long_workdays.employee_id
            and workweeks.workweek_starts_on = long_workdays.workweek_starts_on
            and coalesce({{ quotient(
                'workweeks.hourly_rate_seconds * 2080 + workweeks.salary_seconds', 'workweeks.counted_seconds * 2080'
            ) }} < long_workdays.below_wage, true)
    left join pay_periods
        on
            employees.pay_group = pay_periods.pay_group
            and workweeks.workweek_ends_on >= pay_periods.starts_on
            and workweeks.workweek_ends_on < pay_periods.ends_before_on
    left join policies
        on pay_periods.pay_period_id = policies.pay_period_id

)

select
    employee_id,
    pay_period_id,
    job_code_without_rate,
    worked_seconds,
    counted_seconds,
    salaried_seconds,
    greatest(counted_seconds - threshold_seconds, 0) as overtime_seconds,
    {{ day_overtime }} as day_overtime_seconds,
    double_time_seconds,
    greatest(
        salaried_seconds - salary_week_seconds, least(salaried_seconds, day_overtime_seconds), 0
    ) as seconds_beyond_salary,
    salary_hours_per_year,
    overtime_multiple,
    cast(
        {{ day_overtime }} * (overtime_multiple - 1)
        + double_time_seconds * (coalesce(double_time_multiple, overtime_multiple) - overtime_multiple)
        as decimal(18, 5)
    ) as day_premium_seconds,
    is_flat_bonus_over_straight_hours,
    salary_seconds,
    cast(hourly_rate_seconds * salary_hours_per_year + salary_seconds as decimal(34, 5)) as annual_rate_seconds,
    cast(tip_credit_seconds as decimal(28, 5)) as tip_credit_seconds,
    workweek_starts_on,
    workweek_ends_on
from placed
