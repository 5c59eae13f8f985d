select
    decision_id,
    decision,
    outcome,
    outcome_reason,
    reason,
    decided_by,
    approved_by,
    until_on,
    decided_at
from marts.fct_decisions
order by decided_at desc, decision_id
