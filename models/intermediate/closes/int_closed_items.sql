{{ config(materialized='view') }}

{# A view over the lake: who reads it needs few of its columns, and a copy of all costs more than all readers. #}
select
    items.item_id,
    items.origin_item_id,
    items.account_id,
    items.side,
    items.item_kind,
    items.currency,
    items.reference,
    items.counterparty,
    items.memo,
    items.reference_key,
    items.counterparty_key,
    items.original_currency,
    items.source_hash,
    items.source_line,
    items.close_id,
    items.amount,
    items.original_amount,
    items.item_on,
    items.counted_on
from {{ ref('stg_closes__items') }} as items
inner join {{ ref('int_closes_valid') }} as closes
    on items.close_id = closes.close_id
