{# Which side is first where bank and books show one payment on different days, as pairs of one name and one amount of
   earlier days tell it. Only amounts that stand often are counted: others need no such proof. #}
with counted as (

    select
        account_id,
        currency,
        side,
        name_words,
        amount,
        business_day_number
    from {{ ref('int_items_counted') }}
    where
        business_day_number is not null
        and name_words is not null
        and item_kind in ('statement_line', 'journal_line')

),

frequent_amounts as (

    select
        account_id,
        currency,
        amount
    from counted
    group by account_id, currency, amount
    having count(*) > {{ var('date_order_pairs') }}

),

items as (

    select
        counted.account_id,
        counted.currency,
        counted.side,
        counted.amount,
        counted.business_day_number,
        {{ words_in_order('counted.name_words') }} as name_key,
        count(*) over (
            partition by counted.account_id, counted.currency, counted.amount
            order by counted.business_day_number
            range between unbounded preceding and 1 preceding
        ) as earlier_items
    from counted
    inner join frequent_amounts
        on
            counted.account_id = frequent_amounts.account_id
            and counted.currency = frequent_amounts.currency
            and counted.amount = frequent_amounts.amount

),

items_in_order as (

    select
        *,
        lag(side) over of_name as previous_side,
        lag(business_day_number) over of_name as previous_day
    from items
    window of_name as (
        partition by account_id, currency, amount, name_key
        order by business_day_number, side
    )

),

days as (

    select
        account_id,
        currency,
        sign(amount) as direction,
        business_day_number,
        sum(case when side <> previous_side then 1 else 0 end) as pairs,
        sum(
            case
                when side = 'ledger' and previous_side = 'bank' and previous_day < business_day_number then 1
                else 0
            end
        ) as bank_first,
        sum(
            case
                when side = 'bank' and previous_side = 'ledger' and previous_day < business_day_number then 1
                else 0
            end
        ) as ledger_first
    from (
        select
            account_id,
            currency,
            side,
            amount,
            business_day_number,
            case
                when
                    earlier_items >= {{ var('date_order_pairs') }}
                    and business_day_number - previous_day <= {{ var('transfer_days') }}
                    then previous_side
            end as previous_side,
            previous_day
        from items_in_order
    ) as pairs
    group by account_id, currency, sign(amount), business_day_number

)

select
    account_id,
    currency,
    direction,
    business_day_number,
    sum(pairs) over earlier_days as pairs,
    sum(bank_first) over earlier_days as bank_first,
    sum(ledger_first) over earlier_days as ledger_first
from days
window earlier_days as (
    partition by account_id, currency, direction
    order by business_day_number
    range between unbounded preceding and 1 preceding
)
