with candidates as (

    select * from {{ ref('int_payslip_candidates') }}
    where is_open

),

calculated as (

    select * from {{ ref('int_earnings_calculated') }}

)

select
    calculated.payslip_id,
    calculated.pay_item_code,
    calculated.line_key,
    calculated.corrects_pay_period_id,
    calculated.explanation,
    calculated.hours,
    calculated.rate,
    calculated.basis_amount,
    calculated.exact_amount,
    calculated.amount
from calculated
inner join candidates
    on calculated.payslip_id = candidates.payslip_id
union all
select
    payslip_id,
    pay_item_code,
    pay_item_code || '/corrects/' || corrects_pay_period_id as line_key,
    corrects_pay_period_id,
    'What ' || corrects_pay_period_id || ' would pay today, less what was paid for it.' as explanation,
    hours,
    cast(null as decimal(28, 5)) as rate,
    cast(null as decimal(28, 5)) as basis_amount,
    cast(amount as decimal(38, 12)) as exact_amount,
    amount
from {{ ref('int_earning_corrections') }}
where payslip_id is not null
union all
select
    payslip_id,
    'LEAVEPAY' as pay_item_code,
    'LEAVEPAY/left/' || pay_item_code as line_key,
    cast(null as string) as corrects_pay_period_id,
    'Hours of ' || pay_item_code || ' that are left at the last day, at the rate of that day.' as explanation,
    paid_hours as hours,
    paid_rate as rate,
    cast(null as decimal(28, 5)) as basis_amount,
    cast(payout_amount as decimal(38, 12)) as exact_amount,
    payout_amount as amount
from {{ ref('int_leave_balances') }}
where paid_hours > 0 and payout_amount is not null
