{# Only a payment of which an item is open can repeat another one. #}
with open_payments as (

    select distinct
        account_id,
        side,
        currency,
        amount,
        reference_key
    from {{ ref('int_items_cleared') }}
    where
        match_id is null
        and reference_key is not null
        and business_day_number is not null

),

items as (

    select cleared.*
    from {{ ref('int_items_cleared') }} as cleared
    inner join open_payments
        on
            cleared.account_id = open_payments.account_id
            and cleared.side = open_payments.side
            and cleared.currency = open_payments.currency
            and cleared.amount = open_payments.amount
            and cleared.reference_key = open_payments.reference_key
    where cleared.business_day_number is not null

),

with_neighbours as (

    select
        item_id,
        account_id,
        side,
        currency,
        match_id,
        business_day_number,
        amount,
        item_on,
        lag(item_id) over of_payment as previous_item_id,
        lag(match_id) over of_payment as previous_match_id,
        lag(business_day_number) over of_payment as previous_day,
        lead(item_id) over of_payment as next_item_id,
        lead(match_id) over of_payment as next_match_id,
        lead(business_day_number) over of_payment as next_day
    from items
    window of_payment as (
        partition by account_id, side, currency, amount, reference_key
        order by business_day_number, item_id
    )

)

select
    item_id,
    account_id,
    side,
    currency,
    case
        when previous_match_id is not null and business_day_number - previous_day <= {{ var('duplicate_days') }}
            then previous_item_id
        else next_item_id
    end as first_item_id,
    amount,
    item_on
from with_neighbours
where
    match_id is null
    and (
        (previous_match_id is not null and business_day_number - previous_day <= {{ var('duplicate_days') }})
        or (next_match_id is not null and next_day - business_day_number <= {{ var('duplicate_days') }})
    )
