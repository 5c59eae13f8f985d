with bank_details as (

    {{ loaded_rows('hr_bank_details') }}

),

renamed as (

    select
        concat(file_hash, '-', cast(line_number as string)) as bank_details_row_id,
        trim(employee_id) as employee_id,
        file_hash,
        load_id,
        file_path,
        nullif(trim(routing_number), '') as routing_number,
        nullif(trim(account_number), '') as account_number,
        nullif(trim(account_kind), '') as account_kind,
        nullif(trim(bic), '') as bic,
        nullif(trim(iban), '') as iban,
        trim(split_kind) as split_kind,
        line_number,
        priority,
        split_value,
        effective_on,
        ended_on
    from bank_details

)

select * from renamed
