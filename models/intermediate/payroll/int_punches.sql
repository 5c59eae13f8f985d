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

{# When a badge counts, for an in and, longer, for an out: as columns to be equal to, so that the join is one by hash. A
   case over both sides compares each punch with every badge. #}
badge_periods as (

    {% for direction, before in [('in', 'ends_before_at'), ('out', 'last_out_before_at')] -%}
    select
        badge,
        employee_id,
        '{{ direction }}' as direction,
        job_code,
        time_zone,
        starts_at,
        {{ before }} as before_at
    from {{ ref('int_badge_periods') }}
    {{- '' if loop.last else '\n    union all\n    ' }}
    {%- endfor %}

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
