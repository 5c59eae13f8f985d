select
    pay_period_id,
    status,
    payslip_count,
    question_count,
    starts_on,
    ends_before_on,
    paid_on
from marts.fct_pay_periods
order by paid_on desc, pay_period_id
