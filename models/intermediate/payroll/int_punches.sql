with punches as (

    select * from {{ ref('stg_payroll__punches') }}

),

delivered as (

    select
        device_id,
        sequence,
        min(badge) as badge,
        min(direction) as direction,
        min(job_code) as job_code,
        count(*) as delivered_count,
        min(badge) <> max(badge)
        or min(direction) <> max(direction)
        or min(coalesce(job_code, '')) <> max(coalesce(job_code, ''))
        or min(punched_at) <> max(punched_at) as is_conflicting,
        min(punched_at) as punched_at
    from punches
    group by device_id, sequence

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
    delivered.device_id || '/' || cast(delivered.sequence as string) as punch_id,
    delivered.device_id,
    delivered.badge,
    badge_periods.employee_id,
    delivered.direction,
    coalesce(delivered.job_code, badge_periods.job_code) as job_code,
    badge_periods.time_zone,
    delivered.sequence,
    delivered.delivered_count,
    delivered.is_conflicting,
    cast({{ dbt.date_trunc('week', 'delivered.punched_at') }} as date) as week_starts_on,
    delivered.punched_at
from delivered
left join badge_periods
    on
        delivered.badge = badge_periods.badge
        and delivered.direction = badge_periods.direction
        and delivered.punched_at >= badge_periods.starts_at
        and delivered.punched_at < badge_periods.before_at
