with events as (

    select * from {{ ref('int_audit_events') }}

)

select
    event_id,
    account_id,
    decision_id,
    subject_id,
    event_kind,
    decision,
    subject_kind,
    actor,
    actor_kind,
    reason,
    event_on,
    event_at
from events
