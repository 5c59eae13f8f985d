select
    decision_id,
    decision,
    outcome,
    outcome_reason,
    reason,
    decided_by,
    difference,
    unit,
    other_content_count,
    decided_at,
    count(*) over () as total_count,
    count(*) filter (where outcome = 'waiting') over () as waiting_count
from marts.fct_decisions
where
    outcome in ('waiting', 'refused', 'stale')
    or other_content_count > 0
order by
    outcome <> 'waiting',
    decided_at desc,
    decision_id
limit 20
