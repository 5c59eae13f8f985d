{{ config(materialized='view') }}

with counted as (

    select * from {{ ref('int_items_counted') }}

),

differences as (

    select * from {{ ref('int_match_differences') }}

)

select
    {{ counted_item_columns('counted') }}
from counted
union all
select
    {{ counted_item_columns('differences') }}
from differences
