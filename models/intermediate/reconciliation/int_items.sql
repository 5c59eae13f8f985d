with items as (

    select * from {{ ref('int_items_counted') }}
    union all
    select * from {{ ref('int_match_differences') }}

)

select * from items
