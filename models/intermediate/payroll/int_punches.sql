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

badge_periods as (

    select * from {{ ref('int_badge_periods') }}

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
    delivered.punched_at
from delivered
left join badge_periods
    on
        delivered.badge = badge_periods.badge
        and delivered.punched_at >= badge_periods.starts_at
        and delivered.punched_at < case
            when delivered.direction = 'out' then badge_periods.last_out_before_at
            else badge_periods.ends_before_at
        end
