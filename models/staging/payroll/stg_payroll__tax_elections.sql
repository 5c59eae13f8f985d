with tax_elections as (

    {{ loaded_rows('hr_tax_elections') }}

),

renamed as (

    select
        concat(file_hash, '-', cast(line_number as string)) as tax_elections_row_id,
        trim(employee_id) as employee_id,
        trim(jurisdiction) as jurisdiction,
        file_hash,
        load_id,
        file_path,
        trim(filing_status) as filing_status,
        line_number,
        dependents_amount,
        other_income_amount,
        deductions_amount,
        extra_withholding_amount,
        allowances,
        form_year,
        is_step_2_checked,
        is_exempt,
        effective_on
    from tax_elections

)

select * from renamed
