{# What closed periods took, and what was taken before the first of them. #}
with taken as (

    select
        employee_id,
        pay_item_code,
        nullif(substr(payslip_line_id, length(payslip_id || '/' || pay_item_code) + 2), '') as order_id,
        cast(extract(year from paid_on) as integer) as tax_year,
        -amount as amount
    from {{ ref('int_closed_payslip_lines') }}
    where line_kind in ('pretax', 'garnishment', 'posttax')
    union all
    select
        balances.employee_id,
        balances.code as pay_item_code,
        cast(null as string) as order_id,
        balances.tax_year,
        balances.amount
    from {{ ref('int_opening_balances') }} as balances
    inner join {{ ref('pay_items') }} as pay_items
        on balances.code = pay_items.pay_item_code
    where
        balances.balance_kind = 'item'
        and not balances.is_total
        and pay_items.line_kind in ('pretax', 'garnishment', 'posttax')

)

select
    employee_id,
    pay_item_code,
    order_id,
    tax_year,
    cast(sum(amount) as decimal(28, 5)) as taken_amount
from taken
group by employee_id, pay_item_code, order_id, tax_year
