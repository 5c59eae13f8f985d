{{ config(materialized='view') }}

{# What was closed in one account and is delivered for another is gone from the first and late in the second. A view,
   because int_items_counted reads it three times, each time a few other columns: DuckDB stores a common table
   expression that is read more than once. #}
with delivered_items as (

    select * from {{ ref('int_reconciliation_items') }}

),

closed_items as (

    select * from {{ ref('int_closed_items') }}

)

select
    {{ item_columns(
        'delivered_items',
        instead={
            'item_id': 'case when closed_items.account_id <> delivered_items.account_id'
            ~ ' or closed_items.currency <> delivered_items.currency then '
            ~ reassigned_item_id('delivered_items') ~ ' else delivered_items.item_id end',
        },
        also=['calendar_code', 'business_day_number'],
    ) }}
from delivered_items
left join closed_items
    on delivered_items.item_id = closed_items.item_id
