with leave as (

    {{ loaded_rows('hr_leave') }}

),

renamed as (

    select
        concat(file_hash, '-', cast(line_number as string)) as leave_row_id,
        trim(employee_id) as employee_id,
        trim(pay_item_code) as pay_item_code,
        file_hash,
        load_id,
        file_path,
        line_number,
        hours,
        leave_on
    from leave

)

select * from renamed
