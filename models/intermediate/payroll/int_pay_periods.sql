with pay_periods as (

    {{ newest_rows('stg_payroll__pay_periods', ['pay_period_id']) }}

),

pay_groups as (

    select * from {{ ref('int_pay_groups_current') }}

),

with_groups as (

    select
        pay_periods.*,
        pay_groups.currency,
        pay_groups.time_zone,
        pay_groups.frequency,
        pay_groups.workweek_starts_on,
        cast(extract(year from pay_periods.paid_on) as integer) as tax_year
    from pay_periods
    left join pay_groups
        on pay_periods.pay_group = pay_groups.pay_group

)

select
    pay_period_id,
    pay_group,
    currency,
    time_zone,
    frequency,
    workweek_starts_on,
    case frequency
        when 'weekly' then 52
        when 'biweekly' then 26
        when 'semimonthly' then 24
        when 'monthly' then 12
    end as periods_per_year,
    tax_year,
    cast(
        row_number() over (partition by pay_group, tax_year order by paid_on, starts_on, pay_period_id) as integer
    ) as period_number,
    starts_on,
    cast({{ dbt.dateadd('day', 1, 'ends_on') }} as date) as ends_before_on,
    paid_on
from with_groups
