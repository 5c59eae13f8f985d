with punches as (

    {{ loaded_rows('punches') }}

),

renamed as (

    select
        concat(file_hash, '-', cast(line_number as string)) as punches_row_id,
        trim(device_id) as device_id,
        file_hash,
        load_id,
        trim(badge) as badge,
        trim(direction) as direction,
        nullif(trim(job_code), '') as job_code,
        line_number,
        sequence,
        cast(punched_at as timestamp) as punched_at
    from punches

)

select * from renamed
