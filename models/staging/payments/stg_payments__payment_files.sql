{{ config(materialized=read_outside()) }}

with payment_files as (

    select * from {{ source('lake', 'payment_files') }}

),

renamed as (

    select
        payment_file_id,
        load_id,
        pay_period_id,
        file_reference,
        file_name,
        scheme,
        currency,
        written_by,
        payment_count,
        amount_total,
        effective_on,
        cast(written_at as timestamp) as written_at
    from payment_files

)

select * from renamed
