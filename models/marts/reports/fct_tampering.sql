{# Per delivered item what its closed date says and what is true now: amount, account, date. The difference of a match
   moves only with the decision that undoes the match, and is left out. #}
with items as (

    select * from {{ ref('int_items_counted') }}

),

delivered as (

    select * from {{ ref('int_reconciliation_items') }}

),

closes as (

    select * from {{ ref('int_closes_valid') }}

),

{# Few items moved: the others are compared with what is delivered, and go no further. #}
touched as (

    select
        items.item_id,
        items.origin_item_id,
        delivered.item_id as delivered_item_id,
        coalesce(items.account_id <> delivered.account_id or items.currency <> delivered.currency, false)
            as is_elsewhere
    from items
    left join delivered
        on items.item_id = delivered.item_id
    where
        items.counted_on > items.item_on
        or (items.is_frozen and items.item_on <> delivered.item_on)
        or items.account_id <> delivered.account_id
        or items.currency <> delivered.currency

),

touched_origins as (

    select distinct origin_item_id from touched

),

{# An item that was closed in another account than it is delivered for, under both of its ids. #}
reassigned as (

    select
        item_id,
        delivered_item_id
    from touched
    where is_elsewhere

),

reassigned_ids as (

    select
        item_id,
        delivered_item_id
    from reassigned
    union all
    select
        {{ reassigned_item_id('delivered') }} as item_id,
        delivered.item_id as delivered_item_id
    from reassigned
    inner join delivered
        on reassigned.delivered_item_id = delivered.item_id

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
        max(case when items.item_id = items.origin_item_id and items.is_frozen then 1 else 0 end) = 1 as is_closed,
        min(items.item_on) as item_on,
        max(items.counted_on) as counted_on
    from items
    inner join touched_origins
        on items.origin_item_id = touched_origins.origin_item_id
    left join differences
        on items.origin_item_id = differences.origin_item_id
    where differences.origin_item_id is null
    group by items.origin_item_id

),

moved as (

    select
        totals.*,
        reassigned_ids.item_id is not null as is_reassigned,
        delivered.account_id as account_id_now,
        coalesce(delivered.file_hash, totals.file_hash) as file_hash_now,
        coalesce(cast(delivered.line_number as bigint), totals.line_number) as line_number_now,
        delivered.item_on as item_on_now
    from totals
    left join reassigned_ids
        on totals.origin_item_id = reassigned_ids.item_id
    left join delivered
        on coalesce(reassigned_ids.delivered_item_id, totals.origin_item_id) = delivered.item_id
    where
        (totals.counted_on > totals.item_on and totals.amount_as_closed <> totals.amount_now)
        or (totals.is_closed and totals.item_on <> delivered.item_on)

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
    moved.account_id_now,
    moved.file_hash_now as file_hash,
    moved.side,
    moved.item_kind,
    case
        when moved.is_reassigned then 'reassigned'
        when moved.is_late then 'late'
        when moved.amount_now = 0 and moved.amount_as_closed <> 0 then 'withdrawn'
        when moved.amount_now <> moved.amount_as_closed then 'changed'
        else 'redated'
    end as tampering_kind,
    moved.currency,
    moved.reference,
    moved.counterparty,
    moved.line_number_now as line_number,
    cast(moved.amount_as_closed as decimal(28, 5)) as amount_as_closed,
    cast(moved.amount_now as decimal(28, 5)) as amount_now,
    cast(moved.amount_now - moved.amount_as_closed as decimal(28, 5)) as amount_moved,
    moved.item_on,
    moved.item_on_now,
    covering.closed_on,
    moved.counted_on
from moved
inner join covering
    on moved.origin_item_id = covering.origin_item_id
