with sent_prenotes as (

    select * from {{ source('lake', 'sent_prenotes') }}

),

renamed as (

    select
        prenote_id,
        payment_file_id,
        pay_period_id,
        employee_id,
        trace_number,
        priority,
        effective_on
    from sent_prenotes

)

select * from renamed
