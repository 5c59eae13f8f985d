{{ config(materialized='view') }}

with settled as (

    select * from {{ ref('int_items_settled') }}

),

unsettled as (

    select * from {{ ref('int_items_unsettled_cleared') }}

)

select
    settled.item_id,
    settled.origin_item_id,
    settled.account_id,
    settled.calendar_code,
    settled.match_id,
    settled.side,
    settled.item_kind,
    settled.rule_code,
    settled.difference_kind,
    settled.currency,
    settled.reference,
    settled.counterparty,
    settled.memo,
    settled.reference_key,
    settled.counterparty_key,
    settled.original_currency,
    settled.file_hash,
    settled.line_number,
    settled.business_day_number,
    settled.amount,
    settled.original_amount,
    settled.is_frozen,
    true as is_match_closed,
    settled.item_on,
    settled.counted_on,
    settled.cleared_on
from settled
union all
select
    item_id,
    origin_item_id,
    account_id,
    calendar_code,
    match_id,
    side,
    item_kind,
    rule_code,
    difference_kind,
    currency,
    reference,
    counterparty,
    memo,
    reference_key,
    counterparty_key,
    original_currency,
    file_hash,
    line_number,
    business_day_number,
    amount,
    original_amount,
    is_frozen,
    is_match_closed,
    item_on,
    counted_on,
    cleared_on
from unsettled
