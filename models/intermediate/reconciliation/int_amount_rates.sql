{# How often an amount like an open item's comes in these books, told from the past alone: the same amount within a
   year, and the share of it that amounts of its size and roundness have. #}
{% set year = 250 %}
with items as (

    select
        item_id,
        account_id,
        currency,
        side,
        amount,
        business_day_number
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

days_of_sides as (

    select
        account_id,
        currency,
        side,
        business_day_number,
        count(*) as item_count
    from counted
    group by account_id, currency, side, business_day_number

),

sides as (

    select
        account_id,
        currency,
        side,
        business_day_number,
        min(business_day_number) over (partition by account_id, currency, side) as first_day,
        sum(item_count) over (
            partition by account_id, currency, side
            order by business_day_number
            range between {{ year }} preceding and current row
        ) as items_of_side
    from days_of_sides

),

sizes as (

    select
        same_sizes.*,
        sides.first_day,
        sides.items_of_side
    from same_sizes
    inner join sides
        on
            same_sizes.account_id = sides.account_id
            and same_sizes.currency = sides.currency
            and same_sizes.side = sides.side
            and same_sizes.business_day_number = sides.business_day_number

),

{# Of an amount and day, not of every item: DuckDB would join the items with all sizes of their day first. #}
measured as (

    select
        same_amounts.account_id,
        same_amounts.currency,
        same_amounts.side,
        same_amounts.amount,
        same_amounts.business_day_number,
        cast(same_amounts.item_count - 1 as double) as others_of_amount,
        cast(sizes.items_of_size - 1 as double) as others_of_size,
        cast(sizes.items_of_side as double) as items_of_side,
        {# Amounts from 2^n on, of a roundness r: nine tenths of every 10^r-th one, in thousandths. #}
        greatest(900 * power(cast(2 as double), sizes.size_step) / power(cast(10 as double), sizes.roundness), 1)
            as amounts_of_size,
        least(greatest(sizes.business_day_number - sizes.first_day + 1, 20), {{ year }}) as day_count
    from same_amounts
    inner join sizes
        on
            same_amounts.account_id = sizes.account_id
            and same_amounts.currency = sizes.currency
            and same_amounts.side = sizes.side
            and {{ amount_size('same_amounts.amount') }} = sizes.size_step
            and {{ amount_roundness('same_amounts.amount') }} = sizes.roundness
            and sign(same_amounts.amount) = sizes.direction
            and same_amounts.business_day_number = sizes.business_day_number

)

{# In books of few items each size counts as half an item more, of some twenty sizes. #}
select
    items.item_id,
    cast(
        round(
            (
                measured.others_of_amount
                + measured.items_of_side * (measured.others_of_size + 0.5)
                / (measured.items_of_side + 10) / measured.amounts_of_size
            )
            / measured.day_count,
            9
        ) as double
    ) as daily_rate
from items
inner join measured
    on
        items.account_id = measured.account_id
        and items.currency = measured.currency
        and items.side = measured.side
        and items.amount = measured.amount
        and items.business_day_number = measured.business_day_number
