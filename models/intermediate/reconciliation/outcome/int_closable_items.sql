{# What the close of this build's business date would freeze. #}
with as_of_date as (

    select * from {{ ref('int_as_of_date') }}

)

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
    items.file_hash as source_hash,
    items.line_number as source_line,
    items.original_currency,
    items.original_amount,
    items.amount,
    items.item_on,
    items.counted_on
from {{ ref('int_items') }} as items
cross join as_of_date
where
    not items.is_frozen
    and items.counted_on <= as_of_date.as_of_on
