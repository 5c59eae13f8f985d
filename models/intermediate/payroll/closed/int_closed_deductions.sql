{# What closed periods took, and what was taken before the first of them. #}
with taken as (

    select
        frozen_lines.employee_id,
        frozen_lines.pay_item_code,
        nullif(
            substr(
                frozen_lines.payslip_line_id,
                length(frozen_lines.payslip_id || '/' || frozen_lines.pay_item_code) + 2
            ),
            ''
        ) as order_id,
        cast(extract(year from frozen_lines.paid_on) as integer) as tax_year,
        -frozen_lines.amount as amount
    from {{ ref('int_closed_payslip_lines') }} as frozen_lines
    left join {{ ref('int_voided_payslips') }} as voided
        on frozen_lines.payslip_id = voided.payslip_id
    where
        frozen_lines.line_kind in ('pretax', 'garnishment', 'posttax')
        and voided.payslip_id is null
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
