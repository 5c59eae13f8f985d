{# How often an amount like an open item's comes in these books, told from the past alone: the same amount within a
   year, and the share of it that amounts of its size and roundness have. #}
{% set year = 250 %}
{# One side of an account in a currency, by a number: as three texts in every join and window it takes half as long
   again. #}
with books as (

    select
        account_id,
        currency,
        side,
        row_number() over (order by account_id, currency, side) as book_id
    from {{ ref('int_items_counted') }}
    group by account_id, currency, side

),

items as (

    select
        left_items.item_id,
        books.book_id,
        left_items.amount,
        left_items.business_day_number
    from {{ ref('int_items_left_by_reference') }} as left_items
    inner join books
        on
            left_items.account_id = books.account_id
            and left_items.currency = books.currency
            and left_items.side = books.side
    where
        left_items.business_day_number is not null
        and left_items.amount <> 0

),

counted as (

    select
        books.book_id,
        counted_items.amount,
        counted_items.business_day_number,
        {{ amount_size('counted_items.amount') }} as size_step,
        {{ amount_roundness('counted_items.amount') }} as roundness
    from {{ ref('int_items_counted') }} as counted_items
    inner join books
        on
            counted_items.account_id = books.account_id
            and counted_items.currency = books.currency
            and counted_items.side = books.side
    where
        counted_items.business_day_number is not null
        and counted_items.amount <> 0
        and counted_items.item_kind in ('statement_line', 'journal_line')

),

open_amounts as (

    select distinct
        book_id,
        amount
    from items

),

amounts as (

    select
        counted.book_id,
        counted.amount,
        min(counted.business_day_number) as first_day,
        max(counted.business_day_number) as last_day,
        count(*) as item_count
    from counted
    inner join open_amounts
        on
            counted.book_id = open_amounts.book_id
            and counted.amount = open_amounts.amount
    group by counted.book_id, counted.amount

),

days_of_amounts as (

    select
        counted.book_id,
        counted.amount,
        counted.business_day_number,
        count(*) as item_count
    from counted
    inner join amounts
        on
            counted.book_id = amounts.book_id
            and counted.amount = amounts.amount
            and amounts.first_day < amounts.last_day
    group by counted.book_id, counted.amount, counted.business_day_number

),

{# Most amounts stand on one day and need no window. #}
same_amounts as (

    select
        book_id,
        amount,
        first_day as business_day_number,
        item_count
    from amounts
    where first_day = last_day
    union all
    select
        book_id,
        amount,
        business_day_number,
        sum(item_count) over (
            partition by book_id, amount
            order by business_day_number
            range between {{ year }} preceding and current row
        ) as item_count
    from days_of_amounts

),

days_of_sizes as (

    select
        book_id,
        size_step,
        roundness,
        sign(amount) as direction,
        business_day_number,
        count(*) as item_count
    from counted
    group by book_id, size_step, roundness, sign(amount), business_day_number

),

same_sizes as (

    select
        *,
        sum(item_count) over (
            partition by book_id, size_step, roundness, direction
            order by business_day_number
            range between {{ year }} preceding and current row
        ) as items_of_size
    from days_of_sizes

),

days_of_sides as (

    select
        book_id,
        business_day_number,
        count(*) as item_count
    from counted
    group by book_id, business_day_number

),

sides as (

    select
        book_id,
        business_day_number,
        min(business_day_number) over (partition by book_id) as first_day,
        sum(item_count) over (
            partition by book_id
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
            same_sizes.book_id = sides.book_id
            and same_sizes.business_day_number = sides.business_day_number

),

{# Of an amount and day, not of every item: DuckDB would join the items with all sizes of their day first. #}
measured as (

    select
        same_amounts.book_id,
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
            same_amounts.book_id = sizes.book_id
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
    ) as daily_rate,
    cast(round(measured.others_of_amount / measured.day_count, 9) as double) as same_amount_rate,
    cast(measured.items_of_side as integer) as items_of_side
from items
inner join measured
    on
        items.book_id = measured.book_id
        and items.amount = measured.amount
        and items.business_day_number = measured.business_day_number
