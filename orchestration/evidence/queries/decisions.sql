-- What people decided about the account and the month, and what became of it.
select
    decided.decision_id,
    decided.decision,
    decided.subject_kind,
    decided.subject_id,
    decided.actor as decided_by,
    decided.event_at as decided_at,
    decided.reason,
    decisions.until_on,
    decisions.subject_count,
    decisions.outcome,
    decisions.outcome_reason
from account_decisions as decided
left join marts.fct_decisions as decisions
    on decided.decision_id = decisions.decision_id
order by decided.event_at, decided.decision_id, decided.subject_kind, decided.subject_id
