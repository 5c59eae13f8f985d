with pay_periods as (

    {{ newest_rows('stg_payroll__pay_periods', ['pay_period_id']) }}

)

select
    pay_period_id,
    pay_group,
    starts_on,
    ends_on,
    paid_on
from pay_periods
