with pay_groups as (

    {{ loaded_rows('hr_pay_groups') }}

),

renamed as (

    select
        concat(file_hash, '-', cast(line_number as string)) as pay_groups_row_id,
        trim(pay_group) as pay_group,
        file_hash,
        load_id,
        file_path,
        trim(frequency) as frequency,
        upper(trim(currency)) as currency,
        trim(time_zone) as time_zone,
        line_number,
        workweek_starts_on,
        coalesce(workday_starts_hour, 0) as workday_starts_hour
    from pay_groups

)

select * from renamed
