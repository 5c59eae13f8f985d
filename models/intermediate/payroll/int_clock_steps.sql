{{ config(materialized='batched') }}

with punches as (

    select * from {{ ref('int_punches_by_week') }}
    where {{ in_batch('week_starts_on', ref('int_punch_batches')) }}

),

followed as (

    select
        *,
        lag(punched_at) over (partition by device_id, week_starts_on order by sequence) as previous_punched_at
    from punches

)

select
    punch_id,
    device_id,
    employee_id,
    time_zone,
    cast({{ seconds_between('punched_at', 'previous_punched_at') }} as bigint) as seconds_back,
    week_starts_on,
    punched_at
from followed
where
    not is_neighbour
    and {{ seconds_between('punched_at', 'previous_punched_at') }} > {{ 60 * var('clock_step_minutes') }}
