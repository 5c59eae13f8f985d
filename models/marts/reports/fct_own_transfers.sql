{# Every transfer between own accounts that the bank shows, booked or not; int_own_transfer_legs knows the open ones. #}
with items as (

    select * from {{ ref('int_items_cleared') }}
    where
        side = 'bank'
        and item_kind = 'statement_line'
        and amount <> 0
        and business_day_number is not null

),

booked_matches as (

    select distinct match_id
    from {{ ref('int_items_cleared') }}
    where
        side = 'ledger'
        and match_id is not null

),

{{ own_transfer_legs('items') }},

transfers as (

    select
        legs.transfer_id,
        max(case when items.amount < 0 then items.account_id end) as from_account_id,
        max(case when items.amount > 0 then items.account_id end) as to_account_id,
        max(case when items.amount < 0 then items.item_id end) as from_item_id,
        max(case when items.amount > 0 then items.item_id end) as to_item_id,
        max(items.currency) as currency,
        max(items.reference) as reference,
        max(case when items.amount > 0 then items.business_day_number end)
        - max(case when items.amount < 0 then items.business_day_number end) as days_in_transit,
        max(items.amount) as amount,
        max(case when items.amount < 0 and booked_matches.match_id is not null then 1 else 0 end) = 1
            as is_departure_booked,
        max(case when items.amount > 0 and booked_matches.match_id is not null then 1 else 0 end) = 1
            as is_arrival_booked,
        max(case when items.amount < 0 then items.item_on end) as left_on,
        max(case when items.amount > 0 then items.item_on end) as arrived_on
    from legs
    inner join items
        on legs.item_id = items.item_id
    left join booked_matches
        on items.match_id = booked_matches.match_id
    group by legs.transfer_id

)

select
    transfer_id,
    from_account_id,
    to_account_id,
    from_item_id,
    to_item_id,
    currency,
    reference,
    cast(days_in_transit as integer) as business_days_in_transit,
    amount,
    is_departure_booked,
    is_arrival_booked,
    is_departure_booked and is_arrival_booked as is_booked,
    left_on,
    arrived_on
from transfers
