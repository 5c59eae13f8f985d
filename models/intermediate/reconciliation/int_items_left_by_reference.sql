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
    items.memo_reference_key,
    items.folded_reference_key,
    items.counterparty_key,
    items.memo_counterparty_key,
    items.original_currency,
    items.business_day_number,
    items.amount,
    items.original_amount,
    items.charges_amount,
    items.is_reversal,
    items.is_held,
    items.item_on,
    items.counted_on
from {{ ref('int_items_pool') }} as items
left join {{ ref('int_items_matched_by_reference') }} as claimed
    on
        items.item_id = claimed.item_id
        and claimed.posting = 'automatic'
where claimed.item_id is null
