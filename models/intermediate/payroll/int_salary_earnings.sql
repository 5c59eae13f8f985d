with rate_spans as (

    select * from {{ ref('int_rate_spans') }}
    where rate_kind = 'salary' and weekdays > 0

)

select
    pay_period_id || '/' || employee_id as payslip_id,
    'SAL' as pay_item_code,
    'SAL/' || job_code || '/' || cast(from_on as string) as line_key,
    cast(null as decimal(18, 5)) as hours,
    rate,
    cast(null as decimal(28, 5)) as basis_amount,
    {{ quotient('rate * weekdays', 'periods_per_year * period_weekdays') }} as exact_amount,
    'Yearly salary over ' || cast(periods_per_year as string) || ' periods, ' || cast(weekdays as string) || ' of '
    || cast(period_weekdays as string) || ' weekdays.' as explanation
from rate_spans
