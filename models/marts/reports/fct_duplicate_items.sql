{# A suspected duplicate and the item it repeats, side by side. #}
with repeated as (

    select * from {{ ref('int_items_repeated') }}

),

items as (

    select * from {{ ref('int_items_cleared') }}

),

marked as (

    select * from {{ ref('int_decision_subjects') }}
    where
        decision = 'duplicate'
        and is_latest

)

select
    repeated.item_id,
    repeated.first_item_id,
    repeated.account_id,
    first_items.match_id as first_match_id,
    marked.decision_id,
    repeated.side,
    repeated.currency,
    items.reference,
    first_items.reference as first_reference,
    items.counterparty,
    first_items.counterparty as first_counterparty,
    items.memo,
    first_items.memo as first_memo,
    items.file_hash,
    first_items.file_hash as first_file_hash,
    items.line_number,
    first_items.line_number as first_line_number,
    repeated.amount,
    marked.decision_id is not null as is_marked,
    repeated.item_on,
    first_items.item_on as first_item_on
from repeated
inner join items
    on repeated.item_id = items.item_id
inner join items as first_items
    on repeated.first_item_id = first_items.item_id
left join marked
    on repeated.item_id = marked.subject
