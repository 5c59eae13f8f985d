{#- The common table expressions amounts_both_ways to legs, which pair the two legs of transfers between own accounts on
    one side: the same amount leaves one own account and reaches another within var transfer_days business days, and both
    legs say that they are a transfer (tells_transfer) or have one reference. Two equal amounts alone are no transfer. Of
    several of one day the n-th that leaves belongs to the n-th that arrives, in the order of their accounts; what that
    leaves is paired with its neighbour in time. Result: legs, with item_id, other_item_id and transfer_id.

    items: relation with item_id, account_id, side, currency, reference, memo, reference_key, counterparty_key,
    business_day_number and amount. amounts: relation with their side, currency and amount, if that reads less: DuckDB
    stores a common table expression that is read twice. -#}
{% macro own_transfer_legs(items, amounts=none) -%}
amounts_both_ways as (

    select
        side,
        currency,
        abs(amount) as absolute_amount
    from {{ amounts or items }}
    group by side, currency, abs(amount)
    having min(amount) < 0 and max(amount) > 0

),

both_ways as (

    select
        items.*,
        {{ tells_transfer('items.memo') }} as tells_transfer
    from {{ items }} as items
    inner join amounts_both_ways
        on
            items.side = amounts_both_ways.side
            and items.currency = amounts_both_ways.currency
            and abs(items.amount) = amounts_both_ways.absolute_amount

),

with_leg_key as (

    select
        *,
        case
            when
                reference_key is not null
                and min(amount) over of_reference < 0
                and max(amount) over of_reference > 0
                and min(account_id) over of_reference <> max(account_id) over of_reference
                then reference_key
            when tells_transfer then ''
        end as leg_key
    from both_ways
    window of_reference as (partition by side, currency, abs(amount), reference_key)

),

with_place as (

    select
        *,
        row_number() over (
            partition by side, currency, abs(amount), leg_key, business_day_number, sign(amount)
            order by account_id, item_id
        ) as place_on_day
    from with_leg_key
    where leg_key is not null

),

in_order as (

    select
        side,
        currency,
        leg_key,
        {%- for column in ['item_id', 'account_id', 'reference', 'reference_key', 'counterparty_key', 'business_day_number', 'place_on_day', 'amount'] %}
        {{ column }},
        lag({{ column }}) over of_amount as previous_{{ column }},
        {%- endfor %}
        row_number() over of_amount as place
    from with_place
    window of_amount as (
        partition by side, currency, abs(amount), leg_key
        order by business_day_number, place_on_day, amount, item_id
    )

),

neighbours as (

    select
        *,
        previous_business_day_number = business_day_number and previous_place_on_day = place_on_day as is_on_day
    from in_order
    where
        previous_amount = -amount
        and previous_account_id <> account_id
        and business_day_number - previous_business_day_number <= {{ var('transfer_days') }}
        and not {{ contradicts('', 'previous_') }}

),

with_neighbours as (

    select
        *,
        coalesce(lag(is_on_day) over of_amount and lag(place) over of_amount = place - 1, false)
        or coalesce(lead(is_on_day) over of_amount and lead(place) over of_amount = place + 1, false)
            as shares_item
    from neighbours
    window of_amount as (partition by side, currency, abs(amount), leg_key order by place)

),

pairs_in_order as (

    select
        *,
        place - row_number() over (partition by side, currency, abs(amount), leg_key, is_on_day order by place) as chain
    from with_neighbours
    where
        is_on_day
        or not shares_item

),

{# Of neighbours that could all be pairs every second one is. #}
places_in_chain as (

    select
        *,
        row_number() over (partition by side, currency, abs(amount), leg_key, is_on_day, chain order by place)
            as place_in_chain
    from pairs_in_order

),

accepted_pairs as (

    select
        item_id,
        previous_item_id,
        {{ surrogate_key(["'own_transfer'", 'previous_item_id', 'item_id']) }} as transfer_id
    from places_in_chain
    where
        is_on_day
        or mod(place_in_chain, 2) = 1

),

legs as (

    select
        case when places.place = 1 then accepted_pairs.previous_item_id else accepted_pairs.item_id end as item_id,
        case when places.place = 1 then accepted_pairs.item_id else accepted_pairs.previous_item_id end as other_item_id,
        accepted_pairs.transfer_id
    from accepted_pairs
    cross join (
        select 1 as place
        union all
        select 2 as place
    ) as places

)
{%- endmacro %}

{#- Whether an item says that it is a transfer between own accounts (var transfer_words). -#}
{% macro tells_transfer(memo) -%}
    {{ has_word(memo, 'transfer_words') }}
{%- endmacro %}
