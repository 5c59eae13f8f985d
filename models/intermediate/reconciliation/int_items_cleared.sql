with items as (

    select * from {{ ref('int_reconciliation_items') }}

),

matched as (

    select * from {{ ref('int_items_matched') }}

),

cleared as (

    select
        matched.match_id,
        max(items.item_on) as cleared_on
    from matched
    inner join items
        on matched.item_id = items.item_id
    group by matched.match_id

)

select
    items.item_id,
    items.account_id,
    matched.match_id,
    items.side,
    items.item_kind,
    matched.rule_code,
    items.currency,
    items.reference,
    items.counterparty,
    items.memo,
    items.file_hash,
    items.line_number,
    items.business_day_number,
    items.amount,
    items.item_on,
    cleared.cleared_on
from items
left join matched
    on items.item_id = matched.item_id
left join cleared
    on matched.match_id = cleared.match_id
