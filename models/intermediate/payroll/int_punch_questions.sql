with punches as (

    select * from {{ ref('int_punches') }}

),

pairs as (

    select * from {{ ref('int_punch_pairs') }}

),

unplaced as (

    select
        punch_id,
        case when is_conflicting then 'conflicting_resend' else 'unknown_badge' end as reason
    from punches
    where is_conflicting or employee_id is null

),

questions as (

    select
        punch_id,
        reason
    from unplaced
    union all
    select
        punch_id,
        reason
    from pairs
    where reason is not null

)

select
    punches.punch_id,
    punches.device_id,
    punches.badge,
    punches.employee_id,
    punches.direction,
    questions.reason,
    case questions.reason
        when 'conflicting_resend' then 'The device sent this number again with other contents.'
        when 'unknown_badge' then 'The badge belongs to no employed person at that time.'
        when 'overlap' then 'Two people or two shifts seem to share the badge: in, in, out, out.'
        when 'shift_too_long' then 'From in to out is longer than the longest shift.'
        when 'missing_out' then 'No out follows this in.'
        when 'missing_in' then 'No in precedes this out.'
    end as question,
    punches.sequence,
    punches.punched_at
from questions
inner join punches
    on questions.punch_id = punches.punch_id
