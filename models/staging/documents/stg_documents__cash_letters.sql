with cash_letters as (

    {{ loaded_rows('cash_letters') }}

),

renamed as (

    select
        {{ cash_letter_id('file_hash', 'cash_letter_number') }} as cash_letter_id,
        file_hash,
        load_id,
        file_path,
        nullif(trim(cash_letter_reference), '') as cash_letter_reference,
        collection_type,
        origin_routing,
        destination_routing,
        currency,
        line_number,
        cash_letter_number,
        bundle_count,
        item_count,
        image_count,
        amount_total,
        business_on,
        settles_on
    from cash_letters

)

select * from renamed
