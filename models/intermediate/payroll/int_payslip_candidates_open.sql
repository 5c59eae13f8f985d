with candidates as (

    select * from {{ ref('int_payslip_candidates') }}

),

closes as (

    select * from {{ ref('int_pay_periods_closed') }}

)

select
    candidates.payslip_id,
    candidates.pay_period_id,
    candidates.employee_id,
    candidates.pay_group,
    candidates.department,
    candidates.work_state,
    candidates.currency,
    candidates.periods_per_year,
    candidates.tax_year,
    candidates.starts_on,
    candidates.ends_before_on,
    candidates.paid_on
from candidates
left join closes
    on candidates.pay_period_id = closes.pay_period_id
where closes.pay_period_id is null
