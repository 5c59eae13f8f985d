{{ config(materialized='view') }}

{# One item per origin, at its amount as it stands: an open item that a close froze and that changed since counts with
   its change. What a missing statement holds is known only when it arrives, and the difference of a match waits for its
   booking, so gaps and differences stay out. #}
with items as (

    select * from {{ ref('int_items_available') }}
    where item_kind not in ('statement_gap', 'match_difference', 'change_after_close')

),

changes as (

    select
        origin_item_id,
        sum(amount) as amount
    from {{ ref('int_item_changes') }}
    group by origin_item_id

)

select
    {{ pool_item_columns(
        'items',
        instead={'amount': 'cast(items.amount + coalesce(changes.amount, 0) as decimal(28, 5))'},
    ) }}
from items
left join changes
    on items.origin_item_id = changes.origin_item_id
where items.amount + coalesce(changes.amount, 0) <> 0
