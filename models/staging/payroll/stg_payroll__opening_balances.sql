with opening_balances as (

    {{ loaded_rows('hr_opening_balances') }}

),

renamed as (

    select
        concat(file_hash, '-', cast(line_number as string)) as opening_balances_row_id,
        trim(employee_id) as employee_id,
        trim(code) as code,
        jurisdiction,
        balance_kind,
        file_hash,
        load_id,
        file_path,
        line_number,
        cast(tax_year as integer) as tax_year,
        amount
    from opening_balances

)

select * from renamed
