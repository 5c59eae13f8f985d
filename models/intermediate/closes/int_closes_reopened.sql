{{ config(materialized='view') }}

{# The first decision that made a close void; later ones change nothing about it. A decision dated ahead makes no close
   void that was made after it was delivered. #}
with closes as (

    select * from {{ ref('stg_closes__closes') }}

),

reopenings as (

    select * from {{ ref('int_decision_subjects') }}
    where
        decision = 'reopen'
        and is_in_force

),

voided as (

    select
        closes.close_id,
        reopenings.decision_id,
        reopenings.decided_by,
        reopenings.reason,
        closes.closed_on,
        reopenings.decided_at,
        row_number() over (
            partition by closes.close_id
            order by reopenings.decided_at, reopenings.decision_id
        ) as place
    from closes
    inner join reopenings
        on
            closes.closed_on >= cast(reopenings.subject as date)
            and closes.closed_at < reopenings.decided_at
            and closes.close_id < reopenings.load_id

)

select
    close_id,
    decision_id,
    decided_by,
    reason,
    closed_on,
    decided_at
from voided
where place = 1
