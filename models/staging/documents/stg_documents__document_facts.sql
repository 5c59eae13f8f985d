with document_facts as (

    {{ loaded_rows('document_facts') }}

),

renamed as (

    select
        concat(file_hash, '-', cast(line_number as string)) as document_fact_id,
        file_hash,
        load_id,
        file_path,
        {# The picture lies in the folder of the file that tells of it. #}
        {{ regexp_replace_all('file_path', '[^/]*$', '') }} || trim(file_name) as document_path,
        nullif(trim(handed_in_by), '') as handed_in_by,
        nullif(trim(merchant), '') as merchant,
        nullif(trim(document_number), '') as document_number,
        {{ normalized_reference('document_number') }} as number_key,
        upper(trim(currency)) as currency,
        line_number,
        amount,
        tax_amount,
        document_on,
        handed_in_on
    from document_facts

)

select * from renamed
