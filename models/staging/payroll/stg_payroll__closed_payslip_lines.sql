with closed_payslip_lines as (

    select * from {{ source('lake', 'closed_payslip_lines') }}

),

renamed as (

    select
        load_id as close_id,
        payslip_line_id,
        payslip_id,
        pay_period_id,
        employee_id,
        pay_item_code,
        corrects_pay_period_id,
        line_kind,
        currency,
        explanation,
        line_order,
        cast(hours as decimal(18, 5)) as hours,
        rate,
        basis_amount,
        amount,
        cast(balance_hours as decimal(18, 5)) as balance_hours
    from closed_payslip_lines

)

select * from renamed
