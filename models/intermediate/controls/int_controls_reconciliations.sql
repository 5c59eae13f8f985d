with reconciliations as (

    select * from {{ ref('int_bank_reconciliations') }}

)

select
    'bank_reconciliation' as control_code,
    account_id as scope,
    'amount' as measure,
    currency,
    'Balance per bank adjusted for open items against balance per books' as explanation,
    balance_per_books as expected,
    cast(balance_per_books + difference as decimal(28, 5)) as actual,
    as_of_on as business_date
from reconciliations
