{# Of the states whose overtime by the day is of no day of the calendar. A day of work goes on from piece to piece of
   the shifts: to the end of 24 hours from its first one, or, of hours on end, while no rest is too long. -#}
{% set begins_anew = 'request.started_at_seconds >= so_far.ends_at_seconds' -%}
{% set ends_at -%}
    case
        when request.rest_seconds is not null then request.ended_at_seconds
        when {{ begins_anew }} then request.started_at_seconds + 86400
        else so_far.ends_at_seconds
    end
{%- endset -%}
{% set before = 'case when ' ~ begins_anew ~ ' then 0 else so_far.day_seconds end' -%}
{% set until_the_end = before ~ ' + least(request.ended_at_seconds, ' ~ ends_at ~ ') - request.started_at_seconds' -%}
{% set beyond_the_end = 'greatest(request.ended_at_seconds - ' ~ ends_at ~ ', 0)' -%}
{% set over_limit = 'greatest({} - request.limit_seconds, 0)' -%}
{% set request = {
    'started_at_seconds': 'started_at_seconds',
    'ended_at_seconds': 'ended_at_seconds',
    'limit_seconds': 'limit_seconds',
    'rest_seconds': 'rest_seconds',
} -%}
{% set policy_codes = [
    'own_day_overtime_after_hours', 'own_day_below_minimum_wages', 'consecutive_overtime_after_hours',
    'consecutive_rest_hours',
] -%}
with policies as (

    select * from {{ ref('payroll_policies') }}
    where
        policy_code in (
            {%- for code in policy_codes %}
            '{{ code }}'{{ ',' if not loop.last }}
            {%- endfor %}
        )

),

employees as (

    select * from {{ ref('dim_employees') }}

),

worked_days as (

    select * from {{ ref('int_worked_days') }}
    where is_overtime_eligible

),

policies_of_days as (

    select
        worked_days.employee_id,
        worked_days.job_code,
        worked_days.workweek_starts_on,
        worked_days.worked_on,
        policies.jurisdiction,
        {%- for code in policy_codes %}
        max(case when policies.policy_code = '{{ code }}' then policies.value end) as {{ code }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from worked_days
    inner join employees
        on
            worked_days.employee_id = employees.employee_id
            and {{ in_force('employees', 'worked_days.worked_on') }}
    inner join policies
        on
            employees.work_state = policies.jurisdiction
            and {{ in_force('policies', 'worked_days.worked_on') }}
    group by
        worked_days.employee_id,
        worked_days.job_code,
        worked_days.workweek_starts_on,
        worked_days.worked_on,
        policies.jurisdiction

),

pieces as (

    select
        counted_days.employee_id,
        counted_days.workweek_starts_on,
        cast(
            coalesce(counted_days.own_day_below_minimum_wages * minimum_wages.hourly_wage, 0) as decimal(18, 5)
        ) as below_wage,
        cast({{ seconds_between("cast('1970-01-01' as timestamp)", 'shift_days.started_at') }} as bigint)
            as started_at_seconds,
        cast({{ seconds_between("cast('1970-01-01' as timestamp)", 'shift_days.started_at') }} as bigint)
        + shift_days.worked_seconds as ended_at_seconds,
        cast(
            3600 * coalesce(counted_days.own_day_overtime_after_hours, counted_days.consecutive_overtime_after_hours)
            as bigint
        ) as limit_seconds,
        cast(3600 * counted_days.consecutive_rest_hours as bigint) as rest_seconds
    from policies_of_days as counted_days
    inner join {{ ref('int_shift_days') }} as shift_days
        on
            counted_days.employee_id = shift_days.employee_id
            and counted_days.job_code = shift_days.job_code
            and counted_days.worked_on = shift_days.worked_on
    left join {{ ref('minimum_wages') }} as minimum_wages
        on
            counted_days.jurisdiction = minimum_wages.jurisdiction
            and {{ in_force('minimum_wages', 'counted_days.worked_on') }}

),

folded as (

    select
        employee_id,
        workweek_starts_on,
        max(below_wage) as below_wage,
        {{ fold(
            'array_sort(array_agg(' ~ struct_of(request) ~ '))',
            struct_of({
                'ends_at_seconds': 'cast(0 as bigint)',
                'day_seconds': 'cast(0 as bigint)',
                'overtime_seconds': 'cast(0 as bigint)',
            }),
            struct_of({
                'ends_at_seconds': 'cast(' ~ ends_at ~ ' + coalesce(request.rest_seconds, case when '
                    ~ beyond_the_end ~ ' > 0 then 86400 else 0 end) as bigint)',
                'day_seconds': 'cast(case when ' ~ beyond_the_end ~ ' > 0 then ' ~ beyond_the_end
                    ~ ' else ' ~ until_the_end ~ ' end as bigint)',
                'overtime_seconds': 'cast(so_far.overtime_seconds + ' ~ over_limit.format(until_the_end) ~ ' - '
                    ~ over_limit.format(before) ~ ' + ' ~ over_limit.format(beyond_the_end) ~ ' as bigint)',
            }),
        ) }} as result
    from pieces
    group by employee_id, workweek_starts_on

)

select
    folded.employee_id,
    cast(folded.result.overtime_seconds as bigint) as long_day_seconds,
    nullif(folded.below_wage, 0) as below_wage,
    folded.workweek_starts_on
from folded
where folded.result.overtime_seconds > 0
