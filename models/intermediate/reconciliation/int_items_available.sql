{# What neither a standing match of a closed date nor a decision has taken. A duplicate is held: only what takes it back
   may match it. #}
with items as (

    select * from {{ ref('int_items_counted') }}

),

closed_matches as (

    select closed_matches.item_id
    from {{ ref('int_closed_matches') }} as closed_matches
    left join {{ ref('int_matches_undone') }} as undone
        on closed_matches.match_id = undone.match_id
    where undone.match_id is null

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
    items.*,
    duplicates.item_id is not null as is_held
from items
left join duplicates
    on items.item_id = duplicates.item_id
where
    not exists (select 1 from closed_matches where items.item_id = closed_matches.item_id)
    and not exists (select 1 from decided where items.origin_item_id = decided.item_id)
