with badges as (

    {{ loaded_rows('hr_badges') }}

),

renamed as (

    select
        concat(file_hash, '-', cast(line_number as string)) as badges_row_id,
        trim(badge) as badge,
        trim(employee_id) as employee_id,
        file_hash,
        load_id,
        file_path,
        line_number,
        effective_on,
        ended_on
    from badges

)

select * from renamed
