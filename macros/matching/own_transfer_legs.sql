{#- The common table expressions amounts_both_ways to legs, which pair the two legs of transfers between own accounts on
    one side: the same amount leaves one own account and reaches another within var transfer_days business days, and both
    legs say that they are a transfer (tells_transfer) or have one reference. Two equal amounts alone are no transfer. Result: legs, with item_id, other_item_id and transfer_id.

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

in_order as (

    select
        items.side,
        items.currency,
        {%- for column in ['item_id', 'account_id', 'reference', 'reference_key', 'counterparty_key', 'business_day_number', 'amount', 'tells_transfer'] %}
        items.{{ column }},
        lag(items.{{ column }}) over of_amount as previous_{{ column }},
        {%- endfor %}
        row_number() over of_amount as place
    from both_ways as items
    window of_amount as (
        partition by items.side, items.currency, abs(items.amount)
        order by
            items.business_day_number,
            items.amount,
            {# Next to the other direction stands the leg that says so. #}
            case when (items.amount < 0) = items.tells_transfer then 1 else 0 end,
            items.item_id
    )

),

pairs as (

    select *
    from in_order
    where
        previous_amount = -amount
        and previous_account_id <> account_id
        and business_day_number - previous_business_day_number <= {{ var('transfer_days') }}
        and ((tells_transfer and previous_tells_transfer) or reference_key = previous_reference_key)
        and not {{ contradicts('', 'previous_') }}

),

pairs_in_order as (

    select
        *,
        place - row_number() over (partition by side, currency, abs(amount) order by place) as chain
    from pairs

),

{# Of neighbours that could all be pairs every second one is. #}
places_in_chain as (

    select
        *,
        row_number() over (partition by side, currency, abs(amount), chain order by place) as place_in_chain
    from pairs_in_order

),

accepted_pairs as (

    select
        item_id,
        previous_item_id,
        {{ surrogate_key(["'own_transfer'", 'previous_item_id', 'item_id']) }} as transfer_id
    from places_in_chain
    where mod(place_in_chain, 2) = 1

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
