with leave_days as (

    select * from {{ ref('int_leave_days') }}
    where pay_period_id is not null and rate is not null

),

summed as (

    select
        pay_period_id,
        employee_id,
        pay_item_code,
        rate_kind,
        rate,
        cast(sum(hours) as decimal(12, 5)) as hours
    from leave_days
    group by pay_period_id, employee_id, pay_item_code, rate_kind, rate

)

select
    pay_period_id || '/' || employee_id as payslip_id,
    pay_item_code,
    pay_item_code || '/' || rate_kind || '/' || {{ money_text('rate') }} as line_key,
    cast(hours as decimal(18, 5)) as hours,
    rate,
    cast(null as decimal(28, 5)) as basis_amount,
    case
        when rate_kind = 'hourly' then cast(hours * cast(rate as decimal(18, 5)) as decimal(38, 12))
        else cast(0 as decimal(38, 12))
    end as exact_amount,
    case
        when rate_kind = 'hourly' then 'Hours of leave times the rate of the main job on the day.'
        else 'The salary pays these hours.'
    end as explanation
from summed
