{{ config(materialized='batched') }}

with punches as (

    select * from {{ ref('int_punches_by_week') }}
    where {{ batching.in_batch('week_starts_on', ref('int_punch_batches')) }}

),

followed as (

    select
        punches.punch_id,
        punches.device_id,
        punches.employee_id,
        previous.employee_id as previous_employee_id,
        punches.time_zone,
        punches.workday_starts_hour,
        cast({{ seconds_between('punches.punched_at', 'previous.punched_at') }} as bigint) as seconds_back,
        punches.week_starts_on,
        punches.punched_at
    from punches
    inner join punches as previous
        on
            punches.device_id = previous.device_id
            and punches.week_starts_on = previous.week_starts_on
            and punches.sequence = previous.sequence + 1
    where not punches.is_neighbour

)

select
    punch_id,
    device_id,
    employee_id,
    previous_employee_id,
    time_zone,
    seconds_back,
    workday_starts_hour,
    week_starts_on,
    punched_at
from followed
where seconds_back > {{ 60 * var('clock_step_minutes') }}
