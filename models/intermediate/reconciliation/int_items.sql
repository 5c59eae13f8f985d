{{ config(materialized='view') }}

with items as (

    select * from {{ ref('int_items_counted') }}
    union all
    select * from {{ ref('int_match_differences') }}

)

select
    item_id,
    origin_item_id,
    account_id,
    calendar_code,
    side,
    item_kind,
    currency,
    reference,
    counterparty,
    memo,
    reference_key,
    reference_words,
    counterparty_key,
    name_words,
    original_currency,
    file_hash,
    line_number,
    business_day_number,
    amount,
    original_amount,
    charges_amount,
    is_reversal,
    is_frozen,
    item_on,
    counted_on
from items
