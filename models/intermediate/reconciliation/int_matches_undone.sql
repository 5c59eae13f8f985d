select distinct subject as match_id
from {{ ref('int_decision_subjects') }}
where
    decision = 'unmatch'
    and not is_contradictory
union distinct
select distinct match_id
from {{ ref('int_closed_matches') }}
where undone_on is not null
