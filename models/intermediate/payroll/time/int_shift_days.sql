{{ config(materialized='batched') }}

{# The workday of a shift's start, and its end, are looked up for each quarter of an hour once: the clocks of a time
   zone are whole quarters apart, and asking for the time of a zone costs more than all else here. #}
with shifts as (

    select
        punch_id as shift_id,
        employee_id,
        job_code,
        time_zone,
        workday_starts_hour,
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
        workday_starts_hour,
        started_hour,
        started_quarter,
        min(started_at) as started_at
    from shifts
    group by time_zone, workday_starts_hour, started_hour, started_quarter

),

local_quarters as (

    select
        time_zone,
        workday_starts_hour,
        started_hour,
        started_quarter,
        {{ workday('started_at', 'time_zone', 'workday_starts_hour') }} as started_on
    from quarters

),

workdays as (

    select
        *,
        {{ day_starts_at(days_later('started_on', 1), 'time_zone', 'workday_starts_hour') }} as ends_at
    from local_quarters

),

in_workdays as (

    select
        shifts.shift_id,
        shifts.employee_id,
        shifts.job_code,
        workdays.started_on,
        shifts.started_at,
        shifts.ended_at,
        workdays.ends_at as workday_ends_at
    from shifts
    inner join workdays
        on
            shifts.time_zone = workdays.time_zone
            and shifts.workday_starts_hour = workdays.workday_starts_hour
            and shifts.started_hour = workdays.started_hour
            and shifts.started_quarter = workdays.started_quarter

),

pieces as (

    select
        shift_id,
        employee_id,
        job_code,
        started_on as worked_on,
        started_at,
        least(ended_at, workday_ends_at) as ended_at
    from in_workdays
    union all
    select
        shift_id,
        employee_id,
        job_code,
        {{ days_later('started_on', 1) }} as worked_on,
        workday_ends_at as started_at,
        ended_at
    from in_workdays
    where ended_at > workday_ends_at

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
