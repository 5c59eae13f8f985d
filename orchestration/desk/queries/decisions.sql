-- The key of a decided match is that of the macro decided_match_id.
select
    decisions.decision_id,
    decisions.decision,
    decisions.outcome,
    decisions.outcome_reason,
    decisions.reason,
    decisions.decided_by,
    decisions.approved_by,
    decisions.subject_count,
    decisions.until_on,
    decisions.decided_at,
    matches.match_id
from marts.fct_decisions as decisions
left join marts.fct_matches as matches
    on
        decisions.decision = 'match'
        and md5('8:decision' || length(decisions.decision_id) || ':' || decisions.decision_id) = matches.match_id
order by decisions.decided_at desc, decisions.decision_id
