with paid_payments as (

    select * from {{ source('lake', 'paid_payments') }}

),

renamed as (

    select
        payment_id,
        payment_file_id,
        file_reference,
        payslip_id,
        pay_period_id,
        employee_id,
        currency,
        trace_number,
        priority,
        attempt,
        amount,
        effective_on
    from paid_payments

)

select * from renamed
