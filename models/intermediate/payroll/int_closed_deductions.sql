with closed_lines as (

    select
        *,
        nullif(substr(payslip_line_id, length(payslip_id || '/' || pay_item_code) + 2), '') as order_id
    from {{ ref('int_closed_payslip_lines') }}
    where line_kind in ('pretax', 'garnishment', 'posttax')

)

select
    employee_id,
    pay_item_code,
    order_id,
    cast(extract(year from paid_on) as integer) as tax_year,
    cast(-sum(amount) as decimal(28, 5)) as taken_amount
from closed_lines
group by employee_id, pay_item_code, order_id, cast(extract(year from paid_on) as integer)
