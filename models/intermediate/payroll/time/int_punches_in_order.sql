{{ config(materialized='batched') }}

with punches as (

    select * from {{ ref('int_punches_by_week') }}
    where {{ batching.in_batch('week_starts_on', ref('int_punch_batches')) }}

),

followed as (

    select
        *,
        lag(direction) over in_order as previous_direction,
        lag(job_code) over in_order as previous_job_code,
        lag(punched_at) over in_order as previous_punched_at
    from punches
    window in_order as (
        partition by employee_id, week_starts_on
        order by punched_at asc, direction desc, device_id asc, sequence asc
    )

)

select
    punch_id,
    device_id,
    badge,
    employee_id,
    direction,
    job_code,
    time_zone,
    sequence,
    workday_starts_hour,
    coalesce(
        direction = previous_direction
        and (direction = 'out' or job_code = previous_job_code)
        and {{ seconds_between('previous_punched_at', 'punched_at') }} <= {{ 60 * var('double_punch_minutes') }},
        false
    ) as is_double,
    is_neighbour,
    week_starts_on,
    punched_at
from followed
