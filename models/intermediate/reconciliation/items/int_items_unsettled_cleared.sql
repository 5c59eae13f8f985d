with unsettled as (

    select
        {{ counted_item_columns('items') | indent(4) }}
    from {{ ref('int_items_unsettled') }} as items
    union all
    select
        {{ counted_item_columns('differences') | indent(4) }}
    from {{ ref('int_match_differences') }} as differences

),

matched as (

    select * from {{ ref('int_items_matched') }}
    where is_standing

)

select
    unsettled.item_id,
    unsettled.origin_item_id,
    unsettled.account_id,
    unsettled.calendar_code,
    matched.match_id,
    unsettled.side,
    unsettled.item_kind,
    matched.rule_code,
    matched.difference_kind,
    unsettled.currency,
    unsettled.reference,
    unsettled.counterparty,
    unsettled.memo,
    unsettled.reference_key,
    unsettled.counterparty_key,
    unsettled.original_currency,
    unsettled.file_hash,
    unsettled.line_number,
    unsettled.business_day_number,
    unsettled.amount,
    unsettled.original_amount,
    unsettled.is_frozen,
    coalesce(matched.is_closed, false) as is_match_closed,
    unsettled.item_on,
    unsettled.counted_on,
    matched.cleared_on
from unsettled
left join matched
    on unsettled.item_id = matched.item_id
