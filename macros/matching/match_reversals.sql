{#- A pass that pairs an item with the one that takes it back, on one side: the next item of the same account and
    opposite amount that says so (marked as a reversal, worded as one by var reversal_words, or of the same reference).

    pass_code: as in match_rules, whose windows of the two sides are the days between the two items. side: bank or
    ledger. Result: one row per claimed item, the columns of claims. -#}
{% macro match_reversals(pass_code, side) -%}
with rules as (

    select * from {{ ref('int_rules_by_account') }}
    where pass_code = '{{ pass_code }}'

),

open_items as (

    {{ open_items(pass_code, takes_held=true) }}

),

items_with_wording as (

    select
        open_items.*,
        {{ takes_back('open_items') }} as is_taking_back,
        rules.rule_code,
        rules.posting,
        rules.wait_days,
        rules.bank_days_after_ledger as longest_days
    from open_items
    inner join rules
        on open_items.account_id = rules.account_id
    where
        open_items.side = '{{ side }}'
        and open_items.amount <> 0
        and open_items.business_day_number is not null

),

{# Only an amount that goes both ways can be taken back. #}
amounts_both_ways as (

    select
        account_id,
        currency,
        abs(amount) as absolute_amount
    from items_with_wording
    group by account_id, currency, abs(amount)
    having min(amount) < 0 and max(amount) > 0

),

items_in_order as (

    select
        items.*,
        {%- for column in ['item_id', 'reference', 'reference_key', 'counterparty_key', 'business_day_number', 'amount', 'counted_on'] %}
        lag(items.{{ column }}) over of_amount as previous_{{ column }},
        {%- endfor %}
        row_number() over of_amount as place
    from items_with_wording as items
    inner join amounts_both_ways
        on
            items.account_id = amounts_both_ways.account_id
            and items.currency = amounts_both_ways.currency
            and abs(items.amount) = amounts_both_ways.absolute_amount
    window of_amount as (
        partition by items.account_id, items.currency, amounts_both_ways.absolute_amount
        order by items.business_day_number, case when items.is_taking_back then 1 else 0 end, items.item_id
    )

),

pairs as (

    select items_in_order.*
    from items_in_order
    left join {{ ref('int_amount_rates') }} as rates
        on items_in_order.item_id = rates.item_id
    left join {{ ref('int_amount_rates') }} as previous_rates
        on items_in_order.previous_item_id = previous_rates.item_id
    where
        items_in_order.previous_amount = -items_in_order.amount
        and items_in_order.business_day_number - items_in_order.previous_business_day_number <= items_in_order.longest_days
        and not {{ contradicts('items_in_order.', 'items_in_order.previous_') }}
        and (
            items_in_order.reference_key = items_in_order.previous_reference_key
            or (
                items_in_order.is_taking_back
                and (
                    items_in_order.counterparty_key = items_in_order.previous_counterparty_key
                    or coalesce(
                        greatest(rates.daily_rate, previous_rates.daily_rate)
                        * (2 * (items_in_order.business_day_number - items_in_order.previous_business_day_number) + 1)
                        <= {{ var('coincidences_at_most') }},
                        false
                    )
                )
            )
        )

),

pairs_in_order as (

    select
        *,
        lag(place) over (partition by account_id, currency, abs(amount) order by place) as place_of_pair_before
    from pairs

),

accepted_pairs as (

    select
        item_id as later_item_id,
        previous_item_id as earlier_item_id,
        calendar_code,
        rule_code,
        posting,
        cast(null as string) as difference_kind,
        {{ surrogate_key(['rule_code', 'previous_item_id', 'item_id']) }} as match_id,
        wait_days,
        business_day_number as completed_day,
        greatest(counted_on, previous_counted_on) as completed_on
    from pairs_in_order
    where coalesce(place_of_pair_before < place - 1, true)

),

members as (

    {{ pair_members('accepted_pairs', one='earlier_item_id', other='later_item_id') }}

)

{{ claims('members') }}
{%- endmacro %}

{#- Whether an item says that it takes another one back: marked as a reversal, or worded as one (var
    reversal_words). -#}
{% macro takes_back(item) -%}
    ({{ item }}.is_reversal or {{ has_word(item ~ '.memo', 'reversal_words') }})
{%- endmacro %}
