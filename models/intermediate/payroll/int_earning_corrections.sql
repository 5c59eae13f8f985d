{# What a closed period would pay today, less what it paid and what was paid for it since. #}
with closes as (

    select * from {{ ref('int_pay_periods_closed') }}

),

candidates as (

    select * from {{ ref('int_payslip_candidates') }}

),

closed_lines as (

    select
        *,
        payslip_line_id like '%/corrects/%' as is_correction
    from {{ ref('int_closed_payslip_lines') }}
    where line_kind = 'earning'

),

versions as (

    select
        candidates.pay_period_id,
        candidates.employee_id,
        calculated.pay_item_code,
        calculated.amount,
        coalesce(calculated.hours, 0) as hours
    from {{ ref('int_earnings_calculated') }} as calculated
    inner join candidates
        on calculated.payslip_id = candidates.payslip_id
    inner join closes
        on candidates.pay_period_id = closes.pay_period_id
    union all
    select
        case when is_correction then corrects_pay_period_id else pay_period_id end as pay_period_id,
        employee_id,
        pay_item_code,
        -amount as amount,
        -coalesce(hours, 0) as hours
    from closed_lines

),

differences as (

    select
        pay_period_id,
        employee_id,
        pay_item_code,
        sum(amount) as amount,
        sum(hours) as hours
    from versions
    group by pay_period_id, employee_id, pay_item_code
    having sum(amount) <> 0

),

open_payslips as (

    select
        candidates.payslip_id,
        candidates.employee_id,
        row_number() over (
            partition by candidates.employee_id order by candidates.paid_on, candidates.payslip_id
        ) as place
    from candidates
    left join closes
        on candidates.pay_period_id = closes.pay_period_id
    where closes.pay_period_id is null

)

select
    differences.pay_period_id || '/' || differences.employee_id || '/' || differences.pay_item_code as earning_correction_id,
    open_payslips.payslip_id,
    differences.employee_id,
    differences.pay_period_id as corrects_pay_period_id,
    differences.pay_item_code,
    cast(nullif(differences.hours, 0) as decimal(18, 5)) as hours,
    cast(differences.amount as decimal(28, 5)) as amount
from differences
left join open_payslips
    on
        differences.employee_id = open_payslips.employee_id
        and open_payslips.place = 1
