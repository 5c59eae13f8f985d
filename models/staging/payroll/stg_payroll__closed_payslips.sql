with closed_payslips as (

    select * from {{ source('lake', 'closed_payslips') }}

),

renamed as (

    select
        load_id as close_id,
        payslip_id,
        pay_period_id,
        employee_id,
        pay_group,
        department,
        work_state,
        income_tax_state,
        other_work_state,
        other_income_tax_state,
        currency,
        status,
        blocked_reason,
        gross_amount,
        pretax_amount,
        employee_tax_amount,
        garnishment_amount,
        posttax_amount,
        net_amount,
        employer_tax_amount,
        other_state_percentage,
        paid_on
    from closed_payslips

)

select * from renamed
