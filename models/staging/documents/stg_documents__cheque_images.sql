with cheque_images as (

    {{ loaded_rows('cheque_images') }}

),

renamed as (

    select
        concat(file_hash, '-', cast(line_number as string)) as cheque_image_id,
        concat(file_hash, '-', cast(cheque_line_number as string)) as cheque_id,
        file_hash,
        load_id,
        side,
        image_hash,
        nullif(trim(fault), '') as fault,
        thumbnail,
        line_number,
        byte_offset,
        byte_count,
        width,
        height,
        sharpness,
        brightness,
        coverage,
        step_version
    from cheque_images

)

select * from renamed
