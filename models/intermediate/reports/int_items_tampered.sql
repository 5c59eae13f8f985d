{# Per delivered item what its closed date says and what is true now. The difference of a match is left out: it moves
   only with the decision that undoes the match. #}
with items as (

    select * from {{ ref('int_items_counted') }}

),

delivered as (

    select * from {{ ref('int_reconciliation_items') }}

),

closes as (

    select * from {{ ref('int_closes_valid') }}

),

differences as (

    select distinct origin_item_id
    from items
    where item_kind = 'match_difference'

),

totals as (

    select
        items.origin_item_id,
        max(case when items.item_id = items.origin_item_id then items.item_kind end) as item_kind,
        max(items.account_id) as account_id,
        max(items.side) as side,
        max(items.currency) as currency,
        max(items.reference) as reference,
        max(items.counterparty) as counterparty,
        max(items.file_hash) as file_hash,
        max(items.line_number) as line_number,
        sum(case when items.counted_on > items.item_on then 0 else items.amount end) as amount_as_closed,
        sum(items.amount) as amount_now,
        max(case when items.item_id = items.origin_item_id and items.counted_on > items.item_on then 1 else 0 end) = 1
            as is_late,
        min(items.item_on) as item_on,
        max(items.counted_on) as counted_on
    from items
    left join differences
        on items.origin_item_id = differences.origin_item_id
    where differences.origin_item_id is null
    group by items.origin_item_id

),

moved as (

    select *
    from totals
    where
        counted_on > item_on
        and amount_as_closed <> amount_now

),

covering as (

    select
        moved.origin_item_id,
        min(closes.closed_on) as closed_on
    from moved
    inner join closes
        on moved.item_on <= closes.closed_on
    group by moved.origin_item_id

)

select
    moved.origin_item_id as item_id,
    moved.account_id,
    coalesce(delivered.file_hash, moved.file_hash) as file_hash,
    moved.side,
    moved.item_kind,
    case
        when moved.is_late then 'late'
        when moved.amount_now = 0 then 'withdrawn'
        else 'changed'
    end as tampering_kind,
    moved.currency,
    moved.reference,
    moved.counterparty,
    coalesce(cast(delivered.line_number as bigint), moved.line_number) as line_number,
    cast(moved.amount_as_closed as decimal(28, 5)) as amount_as_closed,
    cast(moved.amount_now as decimal(28, 5)) as amount_now,
    cast(moved.amount_now - moved.amount_as_closed as decimal(28, 5)) as amount_moved,
    moved.item_on,
    covering.closed_on,
    moved.counted_on
from moved
inner join covering
    on moved.origin_item_id = covering.origin_item_id
left join delivered
    on moved.origin_item_id = delivered.item_id
