with payslips as (

    select * from {{ ref('int_payslips_calculable') }}

),

pay_items as (

    select * from {{ ref('pay_items') }}

),

section_125 as (

    select
        payslip_id,
        sum(amount) as amount
    from {{ ref('int_section_125_deductions') }}
    group by payslip_id

),

contributions as (

    select
        contributions.payslip_id,
        sum(contributions.amount) as amount
    from {{ ref('int_contributions') }} as contributions
    inner join pay_items
        on contributions.pay_item_code = pay_items.pay_item_code
    where pay_items.line_kind = 'employee_tax'
    group by contributions.payslip_id

)

select
    payslips.payslip_id,
    cast(
        payslips.gross_amount + coalesce(section_125.amount, 0) + coalesce(contributions.amount, 0) as decimal(28, 5)
    ) as available_amount,
    payslips.gross_amount as basis_amount,
    cast(coalesce(contributions.amount, 0) as decimal(28, 5)) as contribution_amount
from payslips
left join section_125
    on payslips.payslip_id = section_125.payslip_id
left join contributions
    on payslips.payslip_id = contributions.payslip_id
