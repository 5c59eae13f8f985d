{{ config(materialized='batched') }}

{# A punch with the three before it and the three behind it, number 4 of 7. In, in, out, out within the longest shift
   is an overlap of all four, wherever among the seven it stands; so the punches are brought in order once. #}
with punches as (

    select * from {{ ref('int_punches_in_order') }}
    where not is_double and {{ batching.in_batch('week_starts_on', ref('int_punch_batches')) }}

),

neighbours as (

    select
        *,
        {%- for place in [1, 2, 3] %}
        lag(direction, {{ 4 - place }}) over in_order as direction_{{ place }},
        lag(punched_at, {{ 4 - place }}) over in_order as punched_at_{{ place }},
        {%- endfor %}
        direction as direction_4,
        punched_at as punched_at_4,
        {%- for place in [5, 6, 7] %}
        lead(direction, {{ place - 4 }}) over in_order as direction_{{ place }},
        lead(punched_at, {{ place - 4 }}) over in_order as punched_at_{{ place }},
        {%- endfor %}
        lead(punch_id) over in_order as next_punch_id
    from punches
    window in_order as (
        partition by employee_id, week_starts_on
        order by punched_at asc, direction desc, device_id asc, sequence asc
    )

),

paired as (

    select
        *,
        case
            when direction = 'in' and direction_5 = 'out' then {{ seconds_between('punched_at', 'punched_at_5') }}
            when direction = 'out' and direction_3 = 'in' then {{ seconds_between('punched_at_3', 'punched_at') }}
        end as pair_seconds,
        false
        {%- for place in [1, 2, 3, 4] %}
        or coalesce(
            direction_{{ place }} = 'in'
            and direction_{{ place + 1 }} = 'in'
            and direction_{{ place + 2 }} = 'out'
            and direction_{{ place + 3 }} = 'out'
            and {{ seconds_between('punched_at_' ~ place, 'punched_at_' ~ (place + 3)) }}
            <= {{ 3600 * var('longest_shift_hours') }},
            false
        )
        {%- endfor %} as is_in_overlap
    from neighbours

)

select
    punch_id,
    next_punch_id,
    device_id,
    badge,
    employee_id,
    direction,
    job_code,
    time_zone,
    case
        when is_in_overlap then 'overlap'
        when pair_seconds <= {{ 3600 * var('longest_shift_hours') }} then null
        when pair_seconds <= {{ 3600 * var('pairing_hours') }} then 'shift_too_long'
        when direction = 'in' then 'missing_out'
        else 'missing_in'
    end as reason,
    sequence,
    workday_starts_hour,
    week_starts_on,
    punched_at,
    punched_at_5 as next_punched_at
from paired
where not is_neighbour
