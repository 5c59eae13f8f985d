with one_time_items as (

    {{ loaded_rows('hr_one_time_items') }}

),

renamed as (

    select
        concat(file_hash, '-', cast(line_number as string)) as one_time_items_row_id,
        trim(one_time_item_id) as one_time_item_id,
        trim(employee_id) as employee_id,
        trim(pay_period_id) as pay_period_id,
        trim(pay_item_code) as pay_item_code,
        nullif(trim(corrects_pay_period_id), '') as corrects_pay_period_id,
        file_hash,
        load_id,
        file_path,
        trim(reason) as reason,
        line_number,
        amount,
        hours
    from one_time_items

)

select * from renamed
