with latest as (

    select *
    from marts.fct_bank_reconciliations
    qualify row_number() over (partition by account_id order by as_of_on desc) = 1

)

select
    accounts.account_id,
    accounts.account_name,
    accounts.currency,
    latest.balance_per_bank,
    latest.deposits_in_transit,
    latest.outstanding_payments,
    latest.unbooked_bank_items,
    latest.unbooked_opening_balance,
    latest.statement_gaps,
    latest.balance_per_books,
    latest.difference,
    latest.as_of_on
from marts.dim_accounts as accounts
left join latest
    on accounts.account_id = latest.account_id
order by accounts.currency, accounts.account_name, accounts.account_id
