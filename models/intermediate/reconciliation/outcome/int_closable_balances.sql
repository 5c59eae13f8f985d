with reconciliations as (

    select * from {{ ref('fct_bank_reconciliations') }}

),

first_open_date as (

    select * from {{ ref('int_first_open_date') }}

)

select
    reconciliations.account_id,
    reconciliations.currency,
    reconciliations.open_item_count,
    reconciliations.balance_per_bank,
    reconciliations.deposits_in_transit,
    reconciliations.outstanding_payments,
    reconciliations.unbooked_bank_items,
    reconciliations.unbooked_opening_balance,
    reconciliations.statement_gaps,
    reconciliations.balance_per_books,
    reconciliations.as_of_on
from reconciliations
cross join first_open_date
where reconciliations.as_of_on >= coalesce(first_open_date.first_open_on, reconciliations.as_of_on)
