{# One item per origin, at its amount as it stands: an open item that a close froze and that changed since counts with its
   change. What a missing statement holds is known only when it arrives, and the difference of a match waits for its
   booking, so gaps and differences stay out. #}
with items as (

    select
        *,
        sum(amount) over (partition by origin_item_id) as net_amount
    from {{ ref('int_items_available') }}
    where item_kind not in ('statement_gap', 'match_difference')

)

select
    item_id,
    account_id,
    calendar_code,
    side,
    item_kind,
    currency,
    reference,
    counterparty,
    memo,
    reference_key,
    memo_reference_key,
    folded_reference_key,
    counterparty_key,
    memo_counterparty_key,
    original_currency,
    business_day_number,
    cast(net_amount as decimal(28, 5)) as amount,
    original_amount,
    charges_amount,
    is_reversal,
    is_held,
    item_on,
    counted_on
from items
where
    item_kind <> 'change_after_close'
    and net_amount <> 0
