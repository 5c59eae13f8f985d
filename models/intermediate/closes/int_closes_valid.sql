{{ config(materialized='view') }}

with closes as (

    select * from {{ ref('stg_closes__closes') }}

),

reopenings as (

    select * from {{ ref('int_decision_subjects') }}
    where
        decision = 'reopen'
        and not is_contradictory

),

voided as (

    select distinct closes.close_id
    from closes
    inner join reopenings
        on
            closes.closed_on >= cast(reopenings.subject as date)
            and closes.closed_at < reopenings.decided_at

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
left join voided
    on closes.close_id = voided.close_id
where voided.close_id is null
