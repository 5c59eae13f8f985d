with buckets as (

    select
        account_id,
        currency,
        age_bucket,
        sum(item_count) as item_count,
        sum(item_value) as item_value,
        sum(break_count) as break_count,
        min(oldest_item_on) as oldest_item_on
    from marts.fct_ageing
    where status_group = 'open'
    group by account_id, currency, age_bucket

)

select
    any_value(accounts.account_name) as account_name,
    buckets.account_id,
    buckets.currency,
    map(list(buckets.age_bucket), list(buckets.item_count)) as item_counts,
    map(list(buckets.age_bucket), list(buckets.item_value)) as item_values,
    sum(buckets.break_count) as break_count,
    min(buckets.oldest_item_on) as oldest_item_on,
    count(*) over () as total_count
from buckets
left join marts.dim_accounts as accounts
    on buckets.account_id = accounts.account_id
group by buckets.account_id, buckets.currency
order by sum(buckets.break_count) desc, buckets.currency, account_name, buckets.account_id
limit 40
