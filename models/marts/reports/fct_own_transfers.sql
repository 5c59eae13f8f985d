with transfers as (

    select * from {{ ref('int_own_transfers') }}

)

select
    transfer_id,
    from_account_id,
    to_account_id,
    from_item_id,
    to_item_id,
    currency,
    reference,
    business_days_in_transit,
    amount,
    is_departure_booked,
    is_arrival_booked,
    is_booked,
    left_on,
    arrived_on
from transfers
