-- The bank reconciliation statement before the month and at its end.
select
    case when as_of_on < getvariable('month_start') then 'opening' else 'closing' end as stands_for,
    as_of_on,
    is_business_day,
    is_closed,
    currency,
    balance_per_bank,
    deposits_in_transit,
    outstanding_payments,
    unbooked_bank_items,
    unbooked_opening_balance,
    statement_gaps,
    balance_per_bank + deposits_in_transit + outstanding_payments - unbooked_bank_items
    - unbooked_opening_balance - statement_gaps as adjusted_balance,
    balance_per_books,
    difference,
    open_item_count
from marts.fct_bank_reconciliations
where
    account_id = getvariable('account_id')
    and as_of_on <= getvariable('as_of')
qualify row_number() over (partition by as_of_on < getvariable('month_start') order by as_of_on desc) = 1
order by as_of_on
