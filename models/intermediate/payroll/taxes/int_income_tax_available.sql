with available as (

    select * from {{ ref('int_retirement_available') }}

),

retirement as (

    select
        payslip_id,
        sum(amount) as amount
    from {{ ref('int_retirement_deductions') }}
    group by payslip_id

)

select
    available.payslip_id,
    cast(available.available_amount + coalesce(retirement.amount, 0) as decimal(28, 5)) as available_amount
from available
left join retirement
    on available.payslip_id = retirement.payslip_id
