with items as (

    select * from {{ ref('int_items_pool') }}
    where
        item_kind in ('statement_line', 'journal_line')
        and amount <> 0
        and business_day_number is not null

),

amounts as (

    select
        side,
        currency,
        amount
    from {{ ref('int_items_pool') }}
    where
        item_kind in ('statement_line', 'journal_line')
        and amount <> 0
        and business_day_number is not null

),

{{ own_transfer_legs('items', amounts='amounts') }}

select
    items.item_id,
    items.account_id,
    items.calendar_code,
    items.side,
    items.item_kind,
    items.currency,
    items.reference,
    items.counterparty,
    items.memo,
    items.reference_key,
    items.reference_words,
    items.counterparty_key,
    items.name_words,
    items.original_currency,
    items.business_day_number,
    items.amount,
    items.original_amount,
    items.charges_amount,
    items.is_reversal,
    items.is_held,
    legs.transfer_id,
    legs.other_item_id,
    items.item_on,
    items.counted_on
from items
left join legs
    on items.item_id = legs.item_id
where
    legs.item_id is not null
    or {{ tells_transfer('items.memo') }}
