with punches as (

    select * from {{ ref('int_punches_in_order') }}
    where not is_double

),

neighbours as (

    select
        *,
        lag(direction) over in_order as previous_direction,
        lead(direction) over in_order as next_direction,
        lead(direction, 2) over in_order as second_next_direction,
        lead(punch_id) over in_order as next_punch_id,
        lag(punched_at) over in_order as previous_punched_at,
        lead(punched_at) over in_order as next_punched_at,
        lead(punched_at, 2) over in_order as second_next_punched_at
    from punches
    window in_order as (
        partition by employee_id order by punched_at asc, direction desc, device_id asc, sequence asc
    )

),

paired as (

    select
        *,
        case
            when
                direction = 'in' and next_direction = 'out'
                then {{ seconds_between('punched_at', 'next_punched_at') }}
            when
                direction = 'out' and previous_direction = 'in'
                then {{ seconds_between('previous_punched_at', 'punched_at') }}
        end as pair_seconds,
        coalesce(
            direction = 'in'
            and previous_direction = 'in'
            and next_direction = 'out'
            and second_next_direction = 'out'
            and {{ seconds_between('previous_punched_at', 'second_next_punched_at') }}
            <= {{ 3600 * var('longest_shift_hours') }},
            false
        ) as is_crossed
    from neighbours

),

crossed as (

    select
        *,
        is_crossed
        or coalesce(lead(is_crossed) over in_order, false)
        or coalesce(lag(is_crossed) over in_order, false)
        or coalesce(lag(is_crossed, 2) over in_order, false) as is_in_overlap
    from paired
    window in_order as (
        partition by employee_id order by punched_at asc, direction desc, device_id asc, sequence asc
    )

)

select
    punch_id,
    next_punch_id,
    employee_id,
    direction,
    job_code,
    time_zone,
    case
        when is_in_overlap then 'overlap'
        when pair_seconds <= {{ 3600 * var('longest_shift_hours') }} then null
        when pair_seconds is not null then 'shift_too_long'
        when direction = 'in' then 'missing_out'
        else 'missing_in'
    end as reason,
    punched_at,
    next_punched_at
from crossed
