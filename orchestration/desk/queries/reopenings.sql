select
    cast(subject_id as date) as closed_on,
    event_at as reopened_at
from marts.fct_audit_trail
where event_kind = 'reopening'
