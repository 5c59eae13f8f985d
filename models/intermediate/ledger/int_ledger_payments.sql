with ledger_items as (

    select * from {{ ref('int_ledger_items') }}

)

select
    item_id,
    account_id,
    concat(cast(item_on as string), ' ', item_id) as payment_key,
    currency,
    amount,
    item_on
from ledger_items
where amount < 0
