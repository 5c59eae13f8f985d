with items as (

    select * from {{ ref('int_items_pool') }}
    where
        item_kind in ('statement_line', 'journal_line')
        and amount <> 0
        and business_day_number is not null

),

{{ own_transfer_legs('items') }}

select
    items.*,
    legs.transfer_id,
    legs.other_item_id
from items
inner join legs
    on items.item_id = legs.item_id
