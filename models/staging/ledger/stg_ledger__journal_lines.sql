with journal_lines as (

    {{ loaded_rows('journal_lines') }}

),

renamed as (

    select
        case
            when nullif(trim(company), '') is null and nullif(trim(fiscal_year), '') is null
                then {{ surrogate_key(['entry_id', 'line_no']) }}
            else {{ surrogate_key([
                "nullif(trim(company), '')", "nullif(trim(fiscal_year), '')", 'entry_id', 'line_no'
            ]) }}
        end as journal_line_id,
        entry_id,
        nullif(trim(company), '') as company,
        nullif(trim(fiscal_year), '') as fiscal_year,
        file_hash,
        load_id,
        trim(gl_account) as gl_account,
        trim(gl_account) || coalesce(
            ' ' || {{ normalized_account('bank_account') }} || ' ' || upper(trim(currency)), ''
        ) as cash_account,
        {{ normalized_account('bank_account') }} as account_key,
        upper(trim(currency)) as currency,
        case
            when upper(trim(original_currency)) <> upper(trim(currency)) and original_amount is not null
                then upper(trim(original_currency))
        end as original_currency,
        nullif(trim(reference), '') as reference,
        nullif(trim(counterparty), '') as counterparty,
        nullif(trim(memo), '') as memo,
        nullif(trim(document_type), '') as document_type,
        line_no,
        line_number,
        amount,
        case when upper(trim(original_currency)) <> upper(trim(currency)) then original_amount end as original_amount,
        posted_on,
        cast(recorded_at as timestamp) as recorded_at
    from journal_lines

)

select * from renamed
