-- Who closed, reviewed or reopened dates of the month, and the first date at or after its end.
with events as (

    select
        *,
        try_cast(subject_id as date) as date_on
    from marts.fct_audit_trail
    where subject_kind = 'date'

)

select
    date_on,
    event_kind,
    actor,
    event_at,
    reason,
    decision_id
from events
where
    date_on >= getvariable('month_start')
    and date_on <= coalesce(
        (
            select min(later.date_on)
            from events as later
            where
                later.event_kind = 'close'
                and later.date_on >= getvariable('as_of')
        ),
        getvariable('as_of')
    )
order by event_at, date_on, event_kind, event_id
