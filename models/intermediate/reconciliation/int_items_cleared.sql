with items as (

    select * from {{ ref('int_items') }}

),

matched as (

    select * from {{ ref('int_items_matched') }}
    where is_standing

)

select
    items.item_id,
    items.origin_item_id,
    items.account_id,
    items.calendar_code,
    matched.match_id,
    items.side,
    items.item_kind,
    matched.rule_code,
    matched.difference_kind,
    items.currency,
    items.reference,
    items.counterparty,
    items.memo,
    items.reference_key,
    items.counterparty_key,
    items.original_currency,
    items.file_hash,
    items.line_number,
    items.business_day_number,
    items.amount,
    items.original_amount,
    items.is_frozen,
    coalesce(matched.is_closed, false) as is_match_closed,
    items.item_on,
    items.counted_on,
    matched.cleared_on
from items
left join matched
    on items.item_id = matched.item_id
