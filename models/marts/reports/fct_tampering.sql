with items as (

    select * from {{ ref('int_items_tampered') }}

)

select
    item_id,
    account_id,
    account_id_now,
    file_hash,
    side,
    item_kind,
    tampering_kind,
    currency,
    reference,
    counterparty,
    line_number,
    amount_as_closed,
    amount_now,
    amount_moved,
    item_on,
    item_on_now,
    closed_on,
    counted_on
from items
