with items as (

    select * from {{ ref('int_items_aged') }}

)

select
    item_id,
    origin_item_id,
    account_id,
    match_id,
    side,
    item_kind,
    status,
    rule_code,
    currency,
    reference,
    counterparty,
    memo,
    age_bucket,
    original_currency,
    file_hash,
    line_number,
    amount,
    original_amount,
    age,
    is_frozen,
    is_break,
    item_on,
    counted_on,
    expected_by_on,
    cleared_on
from items
