with limits as (

    select * from {{ ref('int_garnishment_limits') }}

),

payslips as (

    select * from {{ ref('int_payslips_calculable') }}

),

garnishments as (

    select
        payslip_id,
        sum(amount) as amount
    from {{ ref('int_garnishments') }}
    group by payslip_id

)

select
    limits.payslip_id,
    cast(limits.left_amount + coalesce(garnishments.amount, 0) as decimal(28, 5)) as available_amount,
    payslips.gross_amount as basis_amount
from limits
inner join payslips
    on limits.payslip_id = payslips.payslip_id
left join garnishments
    on limits.payslip_id = garnishments.payslip_id
