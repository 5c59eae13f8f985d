with candidates as (

    select * from {{ ref('int_payslip_candidates') }}

),

closes as (

    select * from {{ ref('int_pay_periods_closed') }}

)

select candidates.*
from candidates
left join closes
    on candidates.pay_period_id = closes.pay_period_id
where closes.pay_period_id is null
