{{ config(materialized='batched') }}

{# The local date of a shift's start, and its end, are looked up for each quarter of an hour once: the clocks of a time
   zone are whole quarters apart, and asking for the time of a zone costs more than all else here. #}
with shifts as (

    select
        punch_id as shift_id,
        employee_id,
        job_code,
        time_zone,
        punched_at as started_at,
        next_punched_at as ended_at,
        {{ dbt.date_trunc('hour', 'punched_at') }} as started_hour,
        cast(floor(extract(minute from punched_at) / 15) as integer) as started_quarter
    from {{ ref('int_punch_pairs') }}
    where direction = 'in' and reason is null and {{ batching.in_batch('week_starts_on', ref('int_punch_batches')) }}

),

quarters as (

    select
        time_zone,
        started_hour,
        started_quarter,
        min(started_at) as started_at
    from shifts
    group by time_zone, started_hour, started_quarter

),

local_quarters as (

    select
        time_zone,
        started_hour,
        started_quarter,
        cast({{ local_timestamp('started_at', 'time_zone') }} as date) as started_on
    from quarters

),

midnights as (

    select
        *,
        {{ day_starts_at(days_later('started_on', 1), 'time_zone') }} as midnight_at
    from local_quarters

),

at_midnight as (

    select
        shifts.shift_id,
        shifts.employee_id,
        shifts.job_code,
        midnights.started_on,
        shifts.started_at,
        shifts.ended_at,
        midnights.midnight_at
    from shifts
    inner join midnights
        on
            shifts.time_zone = midnights.time_zone
            and shifts.started_hour = midnights.started_hour
            and shifts.started_quarter = midnights.started_quarter

),

pieces as (

    select
        shift_id,
        employee_id,
        job_code,
        started_on as worked_on,
        started_at,
        least(ended_at, midnight_at) as ended_at
    from at_midnight
    union all
    select
        shift_id,
        employee_id,
        job_code,
        {{ days_later('started_on', 1) }} as worked_on,
        midnight_at as started_at,
        ended_at
    from at_midnight
    where ended_at > midnight_at

)

select
    shift_id,
    employee_id,
    job_code,
    cast({{ seconds_between('started_at', 'ended_at') }} as bigint) as worked_seconds,
    worked_on,
    started_at,
    ended_at
from pieces
