-- A probability outside 0 to 1, or a runner-up above the pair it ran against, says that the rounds did not settle.
select
    suggestion_id,
    probability,
    runner_up_probability
from {{ ref('fct_match_suggestions') }}
where
    probability not between 0 and 1
    or runner_up_probability not between 0 and probability
