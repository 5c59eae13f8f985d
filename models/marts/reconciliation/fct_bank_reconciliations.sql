with reconciliations as (

    select * from {{ ref('int_bank_reconciliations') }}

)

select
    account_id,
    currency,
    open_item_count,
    balance_per_bank,
    deposits_in_transit,
    outstanding_payments,
    unbooked_bank_items,
    unbooked_opening_balance,
    statement_gaps,
    balance_per_books,
    difference,
    is_business_day,
    is_closed,
    as_of_on
from reconciliations
