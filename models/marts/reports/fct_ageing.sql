with ageing as (

    select * from {{ ref('int_open_items_aged') }}

)

select
    account_id,
    side,
    status_group,
    age_bucket,
    currency,
    item_count,
    break_count,
    amount,
    item_value,
    break_amount,
    oldest_item_on,
    as_of_on
from ageing
