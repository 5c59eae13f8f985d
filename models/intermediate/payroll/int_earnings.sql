{# A closed period keeps the earnings it was closed with. What changed since is paid on the first open payslip. #}
with closes as (

    select * from {{ ref('int_pay_periods_closed') }}

),

candidates as (

    select * from {{ ref('int_payslip_candidates') }}

)

select
    payslip_id,
    pay_item_code,
    substr(payslip_line_id, length(payslip_id) + 2) as line_key,
    corrects_pay_period_id,
    explanation,
    hours,
    rate,
    basis_amount,
    cast(amount as decimal(38, 12)) as exact_amount,
    amount
from {{ ref('int_closed_payslip_lines') }}
where line_kind = 'earning'
union all
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
from {{ ref('int_earnings_calculated') }} as calculated
inner join candidates
    on calculated.payslip_id = candidates.payslip_id
left join closes
    on candidates.pay_period_id = closes.pay_period_id
where closes.pay_period_id is null
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
