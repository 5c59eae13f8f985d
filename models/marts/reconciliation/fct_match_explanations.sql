with explanations as (

    select * from {{ ref('int_match_explanations') }}

)

select
    item_id,
    account_id,
    match_id,
    rule_code,
    nearest_item_id,
    runner_up_item_id,
    failed_condition,
    explanation,
    agreed,
    against,
    score,
    runner_up_score,
    coincidences,
    item_on
from explanations
