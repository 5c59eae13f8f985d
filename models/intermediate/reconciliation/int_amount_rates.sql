{# How often an amount like an open item's comes in these books, told from the past alone: the same amount within a year, and the
   share of it that amounts of its size and roundness have. #}
{% set year = 250 %}
with items as (

    select
        item_id,
        account_id,
        currency,
        side,
        amount,
        business_day_number,
        {{ amount_size('amount') }} as size_step,
        {{ amount_roundness('amount') }} as roundness
    from {{ ref('int_items_left_by_reference') }}
    where
        business_day_number is not null
        and amount <> 0

),

counted as (

    select
        account_id,
        currency,
        side,
        amount,
        business_day_number,
        {{ amount_size('amount') }} as size_step,
        {{ amount_roundness('amount') }} as roundness
    from {{ ref('int_items_counted') }}
    where
        business_day_number is not null
        and amount <> 0
        and item_kind in ('statement_line', 'journal_line')

),

amounts as (

    select distinct
        account_id,
        currency,
        side,
        amount
    from items

),

days_of_amounts as (

    select
        counted.account_id,
        counted.currency,
        counted.side,
        counted.amount,
        counted.business_day_number,
        count(*) as item_count
    from counted
    inner join amounts
        on
            counted.account_id = amounts.account_id
            and counted.currency = amounts.currency
            and counted.side = amounts.side
            and counted.amount = amounts.amount
    group by counted.account_id, counted.currency, counted.side, counted.amount, counted.business_day_number

),

same_amounts as (

    select
        account_id,
        currency,
        side,
        amount,
        business_day_number,
        sum(item_count) over (
            partition by account_id, currency, side, amount
            order by business_day_number
            range between {{ year }} preceding and current row
        ) as item_count
    from days_of_amounts

),

days_of_sizes as (

    select
        account_id,
        currency,
        side,
        size_step,
        roundness,
        sign(amount) as direction,
        business_day_number,
        count(*) as item_count
    from counted
    group by account_id, currency, side, size_step, roundness, sign(amount), business_day_number

),

same_sizes as (

    select
        *,
        sum(item_count) over (
            partition by account_id, currency, side, size_step, roundness, direction
            order by business_day_number
            range between {{ year }} preceding and current row
        ) as items_of_size
    from days_of_sizes

),

first_days as (

    select
        account_id,
        currency,
        side,
        min(business_day_number) as first_day
    from counted
    group by account_id, currency, side

)

select
    items.item_id,
    {# Amounts of a size from 2^n on and of a roundness r: nine tenths of every 10^r-th one, in thousandths. #}
    cast(
        round(
            (
                cast(same_amounts.item_count - 1 as double)
                + cast(same_sizes.items_of_size as double)
                / greatest(900 * power(cast(2 as double), items.size_step) / power(cast(10 as double), items.roundness), 1)
            ) / least(greatest(items.business_day_number - first_days.first_day + 1, 20), {{ year }}),
            9
        ) as double
    ) as daily_rate
from items
inner join same_amounts
    on
        items.account_id = same_amounts.account_id
        and items.currency = same_amounts.currency
        and items.side = same_amounts.side
        and items.amount = same_amounts.amount
        and items.business_day_number = same_amounts.business_day_number
inner join same_sizes
    on
        items.account_id = same_sizes.account_id
        and items.currency = same_sizes.currency
        and items.side = same_sizes.side
        and items.size_step = same_sizes.size_step
        and items.roundness = same_sizes.roundness
        and sign(items.amount) = same_sizes.direction
        and items.business_day_number = same_sizes.business_day_number
inner join first_days
    on
        items.account_id = first_days.account_id
        and items.currency = first_days.currency
        and items.side = first_days.side
