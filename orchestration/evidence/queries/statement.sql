-- The bank reconciliation statement before the month and at its end. Of closes that hold no weekends, the day before.
with stated as (

    select
        *,
        balance_per_bank + deposits_in_transit + outstanding_payments - unbooked_bank_items
        - unbooked_opening_balance - statement_gaps as adjusted_balance
    from marts.fct_bank_reconciliations
    where
        account_id = getvariable('account_id')
        and as_of_on <= getvariable('as_of')

),

ends as (

    select
        'opening' as stands_for,
        max(as_of_on) as as_of_on
    from stated
    where as_of_on < getvariable('month_start')
    union all
    select
        'closing' as stands_for,
        max(as_of_on) as as_of_on
    from stated

)

select
    ends.stands_for,
    stated.as_of_on,
    stated.is_business_day,
    stated.is_closed,
    stated.currency,
    stated.balance_per_bank,
    stated.deposits_in_transit,
    stated.outstanding_payments,
    stated.unbooked_bank_items,
    stated.unbooked_opening_balance,
    stated.statement_gaps,
    stated.adjusted_balance,
    stated.balance_per_books,
    stated.difference,
    stated.open_item_count
from ends
inner join stated
    on ends.as_of_on = stated.as_of_on
order by ends.stands_for desc
