with items as (

    select * from {{ ref('fct_reconciliation_items') }}
    where match_id is null

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

grouped as (

    select
        account_id,
        side,
        case when status in ('open', 'unmatched') then 'open' else 'decided' end as status_group,
        age_bucket,
        currency,
        count(*) as item_count,
        sum(case when is_break then 1 else 0 end) as break_count,
        sum(amount) as amount,
        sum(abs(amount)) as item_value,
        sum(case when is_break then amount else 0 end) as break_amount,
        min(item_on) as oldest_item_on
    from items
    group by
        account_id, side, case when status in ('open', 'unmatched') then 'open' else 'decided' end, age_bucket, currency

)

select
    grouped.account_id,
    grouped.side,
    grouped.status_group,
    grouped.age_bucket,
    grouped.currency,
    cast(grouped.item_count as integer) as item_count,
    cast(grouped.break_count as integer) as break_count,
    cast(grouped.amount as decimal(28, 5)) as amount,
    cast(grouped.item_value as decimal(28, 5)) as item_value,
    cast(grouped.break_amount as decimal(28, 5)) as break_amount,
    grouped.oldest_item_on,
    as_of_date.as_of_on
from grouped
cross join as_of_date
