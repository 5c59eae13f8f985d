with closed_balances as (

    {{ closed_rows('closed_balances') }}

),

renamed as (

    select
        close_id,
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
        as_of_on
    from closed_balances

)

select * from renamed
