with journal_lines as (

    {{ loaded_rows('journal_lines') }}

),

renamed as (

    select
        {{ surrogate_key(['entry_id', 'line_no']) }} as journal_line_id,
        entry_id,
        file_hash,
        load_id,
        trim(gl_account) as gl_account,
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
