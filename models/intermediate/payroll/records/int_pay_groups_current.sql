with pay_groups as (

    {{ newest_rows('stg_payroll__pay_groups', ['pay_group']) }}

)

select
    pay_group,
    frequency,
    currency,
    time_zone,
    workweek_starts_on,
    workday_starts_hour
from pay_groups
