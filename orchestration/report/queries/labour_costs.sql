with as_of as (

    select max(as_of_on) as as_of_on from marts.fct_bank_reconciliations

),

months as (

    select
        department,
        currency,
        person_count,
        hours,
        overtime_hours,
        cost_amount,
        previous_cost_amount,
        cost_trend,
        is_withheld,
        period_start_on,
        dense_rank() over (order by period_start_on desc) as months_ago
    from marts.fct_labour_costs
    where period_grain = 'month'

)

select
    months.department,
    months.currency,
    months.person_count,
    months.hours,
    months.overtime_hours,
    months.cost_amount,
    case when last_day(months.period_start_on) <= as_of.as_of_on then months.previous_cost_amount end
        as previous_cost_amount,
    case when last_day(months.period_start_on) <= as_of.as_of_on then months.cost_trend end as cost_trend,
    months.is_withheld,
    last_day(months.period_start_on) > as_of.as_of_on as is_open,
    months.period_start_on,
    count(*) over () as total_count
from months
cross join as_of
where months.months_ago <= 3
order by months.period_start_on desc, months.currency, months.department
limit 120
