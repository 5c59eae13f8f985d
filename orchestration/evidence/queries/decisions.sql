-- What people decided about the account and the month, who approved or withdrew it, and what became of it.
with decided as (

    select * from account_decisions
    union all
    select approvals.*
    from marts.fct_audit_trail as approvals
    where
        approvals.event_kind = 'decision'
        and approvals.subject_kind = 'decision'
        and approvals.subject_id in (select account_decisions.decision_id from account_decisions)

)

select
    decided.decision_id,
    decided.decision,
    decided.subject_kind,
    decided.subject_id,
    decided.actor as decided_by,
    decided.event_at as decided_at,
    decided.reason,
    decisions.approved_by,
    decisions.signed_with,
    decisions.until_on,
    decisions.subject_count,
    decisions.outcome,
    decisions.outcome_reason
from decided
left join marts.fct_decisions as decisions
    on decided.decision_id = decisions.decision_id
order by decided.event_at, decided.decision_id, decided.subject_kind, decided.subject_id
