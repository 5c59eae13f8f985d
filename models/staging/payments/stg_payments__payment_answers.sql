with payment_answers as (

    {{ loaded_rows('payment_answers') }}

),

renamed as (

    select
        concat(file_hash, '-', cast(line_number as string)) as payment_answers_row_id,
        scheme,
        level,
        kind,
        status_code,
        reason_code,
        original_trace_number,
        original_message_id,
        original_payment_id,
        end_to_end_id,
        currency,
        file_hash,
        load_id,
        line_number,
        amount,
        answered_on
    from payment_answers

)

select * from renamed
