{% set pairing_interval = 'interval ' ~ var('pairing_hours') ~ ' hours' -%}
with punches as (

    select * from {{ ref('stg_payroll__punches') }}

),

{# Few punches are resent: grouping those alone costs a third of grouping all with their contents. #}
resent_keys as (

    select
        device_id,
        sequence
    from punches
    group by device_id, sequence
    having count(*) > 1

),

resent as (

    select
        punches.device_id,
        punches.sequence,
        min(punches.badge) as badge,
        min(punches.direction) as direction,
        min(punches.job_code) as job_code,
        count(*) as delivered_count,
        min(punches.badge) <> max(punches.badge)
        or min(punches.direction) <> max(punches.direction)
        or min(coalesce(punches.job_code, '')) <> max(coalesce(punches.job_code, ''))
        or min(punches.punched_at) <> max(punches.punched_at) as is_conflicting,
        min(punches.punched_at) as punched_at
    from punches
    inner join resent_keys
        on
            punches.device_id = resent_keys.device_id
            and punches.sequence = resent_keys.sequence
    group by punches.device_id, punches.sequence

),

delivered as (

    select
        punches.device_id,
        punches.sequence,
        punches.badge,
        punches.direction,
        punches.job_code,
        1 as delivered_count,
        false as is_conflicting,
        punches.punched_at
    from punches
    left join resent_keys
        on
            punches.device_id = resent_keys.device_id
            and punches.sequence = resent_keys.sequence
    where resent_keys.device_id is null
    union all
    select
        device_id,
        sequence,
        badge,
        direction,
        job_code,
        delivered_count,
        is_conflicting,
        punched_at
    from resent

),

{# A punch near the end of its week says how punches of the next one pair, and the other way round. #}
in_weeks as (

    select
        *,
        cast({{ dbt.date_trunc('week', 'punched_at') }} as date) as week_starts_on,
        cast({{ dbt.date_trunc('week', 'punched_at - ' ~ pairing_interval) }} as date) as week_before_on,
        cast({{ dbt.date_trunc('week', 'punched_at + ' ~ pairing_interval) }} as date) as week_after_on
    from delivered

),

badges_delivered as (

    {{ newest_rows('stg_payroll__badges', ['badge', 'effective_on']) }}

),

badges as (

    select
        *,
        {{ effective_before(['badge'], ended_on='ended_on') }} as effective_before_on
    from badges_delivered

),

employees as (

    select * from {{ ref('dim_employees') }}

),

pay_groups as (

    select * from {{ ref('int_pay_groups_current') }}

),

carried as (

    select
        badges.badge,
        badges.employee_id,
        employees.job_code,
        pay_groups.time_zone,
        pay_groups.workday_starts_hour,
        greatest(badges.effective_on, employees.effective_on, employees.hired_on) as from_on,
        least(
            coalesce(badges.ended_on, cast('9999-01-01' as date)),
            coalesce(badges.effective_before_on, cast('9999-01-01' as date)),
            coalesce(employees.effective_before_on, cast('9999-01-01' as date)),
            coalesce({{ days_later('employees.left_on', 1) }}, cast('9999-01-01' as date))
        ) as before_on
    from badges
    inner join employees
        on badges.employee_id = employees.employee_id
    inner join pay_groups
        on employees.pay_group = pay_groups.pay_group

),

badge_spans as (

    select
        *,
        {{ day_starts_at('from_on', 'time_zone', 'workday_starts_hour') }} as starts_at,
        {{ day_starts_at('before_on', 'time_zone', 'workday_starts_hour') }} as ends_before_at
    from carried
    where from_on < before_on

),

directions as (

    select 'in' as direction
    union all
    select 'out' as direction

),

{# When a badge counts, for an in and, as a shift begun on the last day may end after it, longer for an out: as columns
   to be equal to, so that the join is one by hash. A case over both sides compares each punch with every badge. #}
directed_spans as (

    select
        badge_spans.*,
        directions.direction,
        case directions.direction
            when 'in' then badge_spans.ends_before_at
            else badge_spans.ends_before_at + interval {{ var('longest_shift_hours') }} hours
        end as counts_before_at,
        lead(badge_spans.starts_at) over (
            partition by badge_spans.badge, directions.direction
            order by badge_spans.starts_at, badge_spans.employee_id
        ) as next_starts_at
    from badge_spans
    cross join directions

),

badge_periods as (

    select
        badge,
        employee_id,
        direction,
        job_code,
        time_zone,
        workday_starts_hour,
        starts_at,
        least(counts_before_at, coalesce(next_starts_at, counts_before_at)) as before_at
    from directed_spans
    where next_starts_at is null or starts_at < next_starts_at

)

select
    in_weeks.device_id || '/' || cast(in_weeks.sequence as string) as punch_id,
    in_weeks.device_id,
    in_weeks.badge,
    badge_periods.employee_id,
    in_weeks.direction,
    coalesce(in_weeks.job_code, badge_periods.job_code) as job_code,
    badge_periods.time_zone,
    in_weeks.sequence,
    badge_periods.workday_starts_hour,
    in_weeks.delivered_count,
    in_weeks.is_conflicting,
    in_weeks.week_starts_on,
    case
        when in_weeks.week_before_on < in_weeks.week_starts_on then in_weeks.week_before_on
        when in_weeks.week_after_on > in_weeks.week_starts_on then in_weeks.week_after_on
    end as neighbour_week_starts_on,
    in_weeks.punched_at
from in_weeks
left join badge_periods
    on
        in_weeks.badge = badge_periods.badge
        and in_weeks.direction = badge_periods.direction
        and in_weeks.punched_at >= badge_periods.starts_at
        and in_weeks.punched_at < badge_periods.before_at
