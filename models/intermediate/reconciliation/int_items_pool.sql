{# One item per origin, at its amount as it stands: an open item that a close froze and that changed since counts with
   its change. What a missing statement holds is known only when it arrives, and the difference of a match waits for its
   booking, so gaps and differences stay out. As of a closed date nothing new is matched. #}
with items as (

    select
        *,
        sum(amount) over (partition by origin_item_id) as net_amount
    from {{ ref('int_items_available') }}
    where item_kind not in ('statement_gap', 'match_difference')

)

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
    cast(items.net_amount as decimal(28, 5)) as amount,
    items.original_amount,
    items.charges_amount,
    items.is_reversal,
    items.is_held,
    items.item_on,
    items.counted_on
from items
cross join {{ ref('int_as_of_date') }} as as_of_date
cross join {{ ref('int_first_open_date') }} as first_open_date
where
    items.item_kind <> 'change_after_close'
    and items.net_amount <> 0
    and coalesce(as_of_date.as_of_on >= first_open_date.first_open_on, true)
