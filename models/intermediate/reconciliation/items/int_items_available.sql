{{ config(materialized='view') }}

{# What neither a match of a closed date nor a decision has taken; what an undone match of a closed date took stays open
   until a decision. A duplicate is held: only what takes it back may match it. #}
with items as (

    select * from {{ ref('int_items_unsettled') }}

),

{# What stands of closed matches is settled. #}
undone_items as (

    select distinct closed_matches.item_id
    from {{ ref('int_closed_matches') }} as closed_matches
    inner join {{ ref('int_matches_undone') }} as undone
        on closed_matches.match_id = undone.match_id

),

decided as (

    select item_id from {{ ref('int_items_matched_by_decision') }}

),

duplicates as (

    select distinct subject as item_id
    from {{ ref('int_decision_subjects') }}
    where
        decision = 'duplicate'
        and is_latest

)

select
    {{ counted_item_columns('items', instead={'is_held': 'duplicates.item_id is not null'}) }}
from items
left join duplicates
    on items.item_id = duplicates.item_id
left join undone_items
    on items.item_id = undone_items.item_id
left join decided
    on items.origin_item_id = decided.item_id
where
    undone_items.item_id is null
    and decided.item_id is null
