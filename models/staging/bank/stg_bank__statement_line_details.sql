with bank_statement_line_details as (

    {{ loaded_rows('bank_statement_line_details') }}

),

renamed as (

    select
        concat(
            file_hash,
            '-', cast(statement_number as string),
            '-', cast(entry_number as string),
            '-', cast(detail_number as string)
        ) as line_detail_id,
        concat(
            file_hash,
            '-', cast(statement_number as string),
            '-', cast(entry_number as string)
        ) as delivered_line_id,
        file_hash,
        load_id,
        upper(trim(currency)) as currency,
        original_currency,
        nullif(trim(reference), '') as reference,
        nullif(trim(bank_reference), '') as bank_reference,
        nullif(trim(counterparty), '') as counterparty,
        nullif(trim(counterparty_account), '') as counterparty_account,
        nullif(trim(memo), '') as memo,
        detail_number,
        line_number,
        amount,
        charges_amount,
        original_amount
    from bank_statement_line_details

)

select * from renamed
