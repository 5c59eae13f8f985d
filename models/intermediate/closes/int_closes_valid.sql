{{ config(materialized=read_outside()) }}

with closes as (

    select * from {{ ref('stg_closes__closes') }}

),

reopened as (

    select * from {{ ref('int_closes_reopened') }}

)

select
    closes.close_id,
    closes.closed_by,
    closes.note,
    closes.item_count,
    closes.match_count,
    closes.closed_on,
    closes.closed_at
from closes
left join reopened
    on closes.close_id = reopened.close_id
where reopened.close_id is null
