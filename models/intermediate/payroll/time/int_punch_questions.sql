with unplaced as (

    select
        punch_id,
        device_id,
        badge,
        employee_id,
        direction,
        job_code,
        time_zone,
        case when is_conflicting then 'conflicting_resend' else 'unknown_badge' end as reason,
        sequence,
        workday_starts_hour,
        punched_at
    from {{ ref('int_punches') }}
    where is_conflicting or employee_id is null

),

pairs as (

    select
        punch_id,
        device_id,
        badge,
        employee_id,
        direction,
        job_code,
        time_zone,
        reason,
        sequence,
        workday_starts_hour,
        punched_at
    from {{ ref('int_punch_pairs') }}
    where reason is not null

),

questions as (

    select * from unplaced
    union all
    select * from pairs

)

select
    punch_id,
    device_id,
    badge,
    employee_id,
    direction,
    job_code,
    time_zone,
    reason,
    case reason
        when 'conflicting_resend' then 'The device sent this number again with other contents.'
        when 'unknown_badge' then 'The badge belongs to no employed person at that time.'
        when 'overlap' then 'Two people or two shifts seem to share the badge: in, in, out, out.'
        when 'shift_too_long' then 'From in to out is longer than the longest shift.'
        when 'missing_out' then 'No out follows this in.'
        when 'missing_in' then 'No in precedes this out.'
    end as question,
    sequence,
    workday_starts_hour,
    punched_at
from questions
