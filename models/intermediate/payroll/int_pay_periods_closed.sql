{# A period is closed once; should two closes of it ever reach the lake, the first counts. #}
with closes as (

    select
        *,
        row_number() over (partition by pay_period_id order by close_id) as close_number
    from {{ ref('stg_payroll__payroll_closes') }}

)

select
    close_id,
    pay_period_id,
    closed_by,
    note,
    payslip_count,
    line_count,
    net_total,
    closed_at
from closes
where close_number = 1
