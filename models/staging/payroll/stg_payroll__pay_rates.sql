with pay_rates as (

    {{ loaded_rows('hr_pay_rates') }}

),

renamed as (

    select
        concat(file_hash, '-', cast(line_number as string)) as pay_rates_row_id,
        trim(employee_id) as employee_id,
        trim(job_code) as job_code,
        file_hash,
        load_id,
        file_path,
        trim(rate_kind) as rate_kind,
        line_number,
        rate,
        is_overtime_eligible,
        effective_on
    from pay_rates

)

select * from renamed
