with recurring_items as (

    {{ loaded_rows('hr_recurring_items') }}

),

renamed as (

    select
        concat(file_hash, '-', cast(line_number as string)) as recurring_items_row_id,
        trim(employee_id) as employee_id,
        trim(pay_item_code) as pay_item_code,
        file_hash,
        load_id,
        file_path,
        nullif(trim(order_id), '') as order_id,
        order_kind,
        trim(calculation) as calculation,
        line_number,
        value,
        yearly_limit,
        total_limit,
        supports_another_family,
        is_in_arrears,
        effective_on,
        ended_on
    from recurring_items

)

select * from renamed
