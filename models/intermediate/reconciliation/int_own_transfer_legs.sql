with items as (

    select
        item_id,
        account_id,
        side,
        currency,
        reference,
        reference_key,
        counterparty_key,
        business_day_number,
        amount,
        {{ tells_transfer('memo') }} as tells_transfer
    from {{ ref('int_items_pool') }}
    where
        item_kind in ('statement_line', 'journal_line')
        and amount <> 0
        and business_day_number is not null

),

{{ own_transfer_legs('items') }}

select
    pool.item_id,
    pool.account_id,
    pool.calendar_code,
    pool.side,
    pool.item_kind,
    pool.currency,
    pool.reference,
    pool.counterparty,
    pool.memo,
    pool.reference_key,
    pool.reference_words,
    pool.counterparty_key,
    pool.name_words,
    pool.original_currency,
    pool.business_day_number,
    pool.amount,
    pool.original_amount,
    pool.charges_amount,
    pool.is_reversal,
    pool.is_held,
    legs.transfer_id,
    legs.other_item_id,
    pool.item_on,
    pool.counted_on
from {{ ref('int_items_pool') }} as pool
inner join legs
    on pool.item_id = legs.item_id
