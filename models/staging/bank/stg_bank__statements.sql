with bank_statements as (

    {{ loaded_rows('bank_statements') }}

),

renamed as (

    select
        concat(file_hash, '-', cast(statement_number as string)) as statement_id,
        {{ normalized_account('account_number') }} as account_key,
        {{ normalized_account('bank_id') }} as bank_key,
        file_hash,
        load_id,
        account_number,
        upper(trim(currency)) as currency,
        message_type,
        statement_reference,
        nullif(trim(owner_name), '') as owner_name,
        nullif(trim(other_balances), '') as other_balances,
        nullif(trim(rows_left_out), '') as rows_left_out,
        statement_number,
        line_number,
        sequence_number,
        page_number,
        opening_balance,
        closing_balance,
        period_start_on,
        opening_on,
        closing_on
    from bank_statements

)

select * from renamed
