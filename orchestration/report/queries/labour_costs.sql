with months as (

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
    *,
    count(*) over () as total_count
from months
where months_ago <= 3
order by period_start_on desc, currency, department
limit 120
