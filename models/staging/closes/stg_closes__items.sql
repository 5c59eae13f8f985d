with closed_items as (

    {{ closed_rows('closed_items') }}

),

renamed as (

    select
        close_id,
        item_id,
        origin_item_id,
        account_id,
        side,
        item_kind,
        currency,
        reference,
        counterparty,
        memo,
        reference_key,
        counterparty_key,
        source_hash,
        original_currency,
        source_line,
        original_amount,
        amount,
        item_on,
        counted_on
    from closed_items

)

select * from renamed
