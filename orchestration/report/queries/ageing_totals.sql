with buckets as (

    select
        currency,
        age_bucket,
        sum(item_count) filter (where status_group = 'open') as item_count,
        sum(item_value) filter (where status_group = 'open') as item_value,
        sum(break_count) filter (where status_group = 'open') as break_count,
        sum(item_count) filter (where status_group = 'decided') as decided_count
    from marts.fct_ageing
    group by currency, age_bucket

)

select
    currency,
    map(list(age_bucket), list(item_count)) as item_counts,
    map(list(age_bucket), list(item_value)) as item_values,
    coalesce(sum(item_count), 0) as item_count,
    sum(item_value) as item_value,
    coalesce(sum(break_count), 0) as break_count,
    coalesce(sum(decided_count), 0) as decided_count
from buckets
group by currency
order by currency
