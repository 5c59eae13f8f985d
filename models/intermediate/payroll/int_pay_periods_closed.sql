{# A period is closed once; should two closes of it ever reach the lake, the first counts. #}
with closes as (

    select
        *,
        row_number() over (partition by pay_period_id order by close_id) as close_number
    from {{ ref('stg_payroll__payroll_closes') }}

),

paydays as (

    select
        close_id,
        min(paid_on) as paid_on
    from {{ ref('stg_payroll__closed_payslips') }}
    group by close_id

)

select
    closes.close_id,
    closes.pay_period_id,
    closes.closed_by,
    closes.note,
    closes.payslip_count,
    closes.line_count,
    closes.net_total,
    paydays.paid_on,
    closes.closed_at
from closes
left join paydays
    on closes.close_id = paydays.close_id
where closes.close_number = 1
