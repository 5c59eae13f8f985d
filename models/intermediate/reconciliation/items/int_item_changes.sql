{# A table of its own, so that DuckDB knows how few they are: it takes a filter for a fifth of all items, and then
   builds the hash of a join on the wrong side. #}
select
    item_id,
    origin_item_id,
    amount,
    counted_on
from {{ ref('int_items_available') }}
where item_kind = 'change_after_close'
