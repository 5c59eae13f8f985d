with document_pages as (

    {{ loaded_rows('document_pages') }}

),

renamed as (

    select
        {{ surrogate_key(['file_path', 'file_hash']) }} as document_id,
        file_hash,
        load_id,
        file_path,
        image_format,
        thumbnail,
        line_number,
        page_count,
        turned,
        width,
        height,
        frequency_hash,
        gradient_hash,
        skew,
        sharpness,
        brightness,
        coverage,
        step_version,
        nullif(trim(read_merchant), '') as read_merchant,
        nullif(trim(read_number), '') as read_number,
        read_currency,
        nullif(trim(text_fault), '') as text_fault,
        read_amount,
        read_tax_amount,
        coalesce(is_proved, false) as is_proved,
        read_on
    from document_pages

)

select * from renamed
