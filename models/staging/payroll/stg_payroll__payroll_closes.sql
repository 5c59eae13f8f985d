{{ config(materialized=read_outside()) }}

with payroll_closes as (

    select * from {{ source('lake', 'payroll_closes') }}

),

renamed as (

    select
        close_id,
        load_id,
        pay_period_id,
        closed_by,
        reviewed_by,
        note,
        payslip_count,
        line_count,
        net_total,
        cast(closed_at as timestamp) as closed_at
    from payroll_closes

)

select * from renamed
