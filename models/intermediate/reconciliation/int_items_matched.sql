select
    item_id,
    match_id,
    rule_code
from {{ ref('int_items_matched_by_reference') }}
union all
select
    item_id,
    match_id,
    rule_code
from {{ ref('int_items_matched_by_memo_reference') }}
union all
select
    item_id,
    match_id,
    rule_code
from {{ ref('int_items_matched_by_reference_group') }}
union all
select
    item_id,
    match_id,
    rule_code
from {{ ref('int_items_matched_by_amount') }}
