select
    subject_id as closed_date,
    actor as closed_by,
    event_at as closed_at,
    reason as note
from marts.fct_audit_trail
where event_kind = 'close'
order by event_at desc, event_id
limit 1
