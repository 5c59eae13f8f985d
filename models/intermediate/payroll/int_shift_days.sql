with shifts as (

    select
        *,
        cast({{ local_timestamp('started_at', 'time_zone') }} as date) as started_on
    from {{ ref('int_shifts') }}

),

at_midnight as (

    select
        *,
        {{ day_starts_at(days_later('started_on', 1), 'time_zone') }} as midnight_at
    from shifts

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
