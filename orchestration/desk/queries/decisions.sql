-- What takes effect after the date that the books are as of still waits.
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
where outcome <> 'later'
order by decided_at desc, decision_id
