{#- The common table expressions in_order to legs, which pair the two legs of transfers between own accounts on one side:
    the same amount leaves one own account and reaches another within var transfer_days business days. Result: legs, with
    item_id, other_item_id and transfer_id.

    items: relation with item_id, account_id, side, currency, reference, reference_key, counterparty_key,
    business_day_number and amount. -#}
{% macro own_transfer_legs(items) -%}
in_order as (

    select
        *,
        {%- for column in ['item_id', 'account_id', 'reference', 'reference_key', 'counterparty_key', 'business_day_number', 'amount'] %}
        lag({{ column }}) over of_amount as previous_{{ column }},
        {%- endfor %}
        row_number() over of_amount as place
    from {{ items }}
    window of_amount as (
        partition by side, currency, abs(amount)
        order by business_day_number, amount, item_id
    )

),

pairs as (

    select
        *,
        coalesce(
            previous_amount = -amount
            and previous_account_id <> account_id
            and business_day_number - previous_business_day_number <= {{ var('transfer_days') }}
            and not {{ contradicts('', 'previous_') }},
            false
        ) as is_pair
    from in_order

),

pairs_in_order as (

    select
        *,
        lag(is_pair) over (partition by side, currency, abs(amount) order by place) as is_previous_a_pair
    from pairs

),

accepted_pairs as (

    select
        item_id,
        previous_item_id,
        {{ surrogate_key(["'own_transfer'", 'previous_item_id', 'item_id']) }} as transfer_id
    from pairs_in_order
    where
        is_pair
        and not coalesce(is_previous_a_pair, false)

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
