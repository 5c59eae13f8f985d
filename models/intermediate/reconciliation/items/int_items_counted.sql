{{ config(materialized='view') }}

select
    {{ counted_item_columns('settled') }}
from {{ ref('int_items_settled') }} as settled
union all
select
    {{ counted_item_columns('unsettled') }}
from {{ ref('int_items_unsettled') }} as unsettled
