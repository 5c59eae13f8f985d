with pay_periods as (

    {{ loaded_rows('hr_pay_periods') }}

),

renamed as (

    select
        concat(file_hash, '-', cast(line_number as string)) as pay_periods_row_id,
        trim(pay_period_id) as pay_period_id,
        file_hash,
        load_id,
        file_path,
        trim(pay_group) as pay_group,
        kind,
        items,
        line_number,
        starts_on,
        ends_on,
        paid_on
    from pay_periods

)

select * from renamed
