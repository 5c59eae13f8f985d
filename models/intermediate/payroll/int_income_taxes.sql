with regular as (

    select * from {{ ref('int_regular_income_taxes') }}

),

supplemental as (

    {{ taxes_by_rate(ref('int_income_wages'), 'income_tax_method') | indent(4) }}

),

due as (

    select * from regular
    union all
    select * from supplemental

),

available as (

    select * from {{ ref('int_income_tax_available') }}

),

summed as (

    select
        due.*,
        available.available_amount,
        -sum(due.amount) over (
            partition by due.payslip_id order by due.line_key rows between unbounded preceding and current row
        ) as sum_amount
    from due
    inner join available
        on due.payslip_id = available.payslip_id

)

select
    payslip_id,
    pay_item_code,
    line_key,
    explanation || case when sum_amount > available_amount then ' Cut at what is left.' else '' end as explanation,
    rate,
    basis_amount,
    cast(
        least(sum_amount + amount, available_amount) - least(sum_amount, available_amount) as decimal(28, 5)
    ) as amount
from summed
