with bank_statement_lines as (

    {{ loaded_rows('bank_statement_lines') }}

),

renamed as (

    select
        concat(
            file_hash,
            '-', cast(statement_number as string),
            '-', cast(entry_number as string)
        ) as delivered_line_id,
        concat(
            file_hash, '-', cast(statement_number as string)
        ) as statement_id,
        {{ normalized_account('account_number') }} as account_key,
        file_hash,
        load_id,
        upper(trim(currency)) as currency,
        original_currency,
        booking_status,
        nullif(trim(reference), '') as reference,
        nullif(trim(bank_reference), '') as bank_reference,
        nullif(trim(counterparty), '') as counterparty,
        nullif(trim(counterparty_account), '') as counterparty_account,
        nullif(trim(memo), '') as memo,
        transaction_code,
        entry_number,
        line_number,
        amount,
        charges_amount,
        original_amount,
        is_reversal,
        booked_on,
        value_on
    from bank_statement_lines

)

select * from renamed
