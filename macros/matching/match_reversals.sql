{#- A pass that pairs an item with the one that takes it back, on one side: the next item of the same account and
    opposite amount that says so (marked as a reversal, worded as one by var reversal_words, or of the same reference). What
    says so of an item that is matched takes back nothing that is open: it goes with the item of its name that comes again.
    One that says so, and has the reference of what it takes back, goes first: whatever else of the amount came between,
    and as late as the rule by reference lets it. Where the other side shows, as open as here, what is taken back, the
    money has moved, and nothing is netted.

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
        *,
        {{ takes_back('open_items') }} as is_taking_back
    from open_items
    where
        side = '{{ side }}'
        and amount <> 0
        and business_day_number is not null

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

items_left as (

    select items.*
    from items_with_wording as items
    inner join amounts_both_ways
        on
            items.account_id = amounts_both_ways.account_id
            and items.currency = amounts_both_ways.currency
            and abs(items.amount) = amounts_both_ways.absolute_amount

),

{{ items_in_order('items_left', 'reference') }},

{{ shown_elsewhere(side, 'reference') }},

pairs_by_reference as (

    select items.*
    from items_in_order_by_reference as items
    left join shown_elsewhere_by_reference as shown
        on items.item_id = shown.item_id
    where
        items.previous_amount = -items.amount
        and items.is_taking_back
        and items.business_day_number - items.previous_business_day_number <= items.longest_days
        and not {{ contradicts('items.', 'items.previous_') }}
        and shown.item_id is null

),

{{ pairs_apart('reference') }},

items_left_by_reference as (

    select items_left.*
    from items_left
    left join (
        select item_id from accepted_by_reference
        union all
        select previous_item_id as item_id from accepted_by_reference
    ) as taken
        on items_left.item_id = taken.item_id
    where taken.item_id is null

),

{{ items_in_order('items_left_by_reference', 'reversal') }},

{% if side == 'ledger' -%}
entries_of_days as (

    select
        items.item_id,
        items.account_id,
        items.currency,
        items.reference_key,
        days.generated_number - 1 as days_before,
        items.business_day_number - (days.generated_number - 1) as business_day_number
    from items_in_order_by_reversal as items
    cross join ({{ dbt.generate_series(11) }}) as days
    where
        items.previous_amount = -items.amount
        and items.is_taking_back
        and items.counterparty_key = items.previous_counterparty_key
        and items.reference_key <> items.previous_reference_key

),

{# Where the books number their entries, one that takes another back has the next number and not that of the other: no
   entry of its day has it, and those of the ten days before have smaller ones. #}
own_numbers as (

    select entries_of_days.item_id
    from entries_of_days
    inner join {{ ref('int_items_counted') }} as entries
        on
            entries_of_days.account_id = entries.account_id
            and entries_of_days.currency = entries.currency
            and entries_of_days.business_day_number = entries.business_day_number
            and entries_of_days.item_id <> entries.item_id
    where
        entries.side = 'ledger'
        and {{ reference_series('entries_of_days.reference_key') }} = {{ reference_series('entries.reference_key') }}
    group by entries_of_days.item_id
    having
        max(entries_of_days.days_before) > 0
        and max(
            case
                when entries.reference_key = entries_of_days.reference_key then 1
                when entries_of_days.days_before = 0 then 0
                when length(entries.reference_key) > length(entries_of_days.reference_key) then 1
                when length(entries.reference_key) < length(entries_of_days.reference_key) then 0
                when entries.reference_key > entries_of_days.reference_key then 1
                else 0
            end
        ) = 0

),

{% endif -%}
{{ shown_elsewhere(side, 'reversal') }},

{# A refund and a payment whose texts name one number. #}
refunds_by_number as (

    select distinct items.item_id
    from items_in_order_by_reversal as items
    inner join {{ ref('int_item_references') }} as references_here
        on items.item_id = references_here.item_id
    inner join {{ ref('int_item_references') }} as previous_references
        on
            items.previous_item_id = previous_references.item_id
            and references_here.reference_kind = previous_references.reference_kind
            and references_here.series = previous_references.series
            and references_here.number = previous_references.number
    where
        items.previous_amount = -items.amount
        and items.counterparty_key = items.previous_counterparty_key
        and references_here.reference_kind <> 'short'
        and length(references_here.reference_text) >= {{ var('telling_reference_length') }}

),

{# Items that take back one of their name which is matched. #}
taken_back_before as (

    select distinct items.item_id
    from items_left_by_reference as items
    inner join rules
        on
            items.account_id = rules.account_id
            and rules.bank_key = 'reversal'
    inner join {{ ref('int_items_pool') }} as taken_back
        on
            items.account_id = taken_back.account_id
            and items.currency = taken_back.currency
            and items.amount = -taken_back.amount
            and items.counterparty_key = taken_back.counterparty_key
            and items.side = taken_back.side
            and items.business_day_number - taken_back.business_day_number between 0 and rules.bank_days_after_ledger
    left join open_items
        on taken_back.item_id = open_items.item_id
    where
        items.is_taking_back
        and open_items.item_id is null

),

pairs_by_reversal as (

    select items.*
    from items_in_order_by_reversal as items
    left join shown_elsewhere_by_reversal as shown
        on items.item_id = shown.item_id
    {%- if side == 'ledger' %}
    left join own_numbers
        on items.item_id = own_numbers.item_id
    {%- endif %}
    left join refunds_by_number
        on items.item_id = refunds_by_number.item_id
    left join taken_back_before
        on items.previous_item_id = taken_back_before.item_id
    left join {{ ref('int_amount_rates') }} as rates
        on items.item_id = rates.item_id
    left join {{ ref('int_amount_rates') }} as previous_rates
        on items.previous_item_id = previous_rates.item_id
    where
        items.previous_amount = -items.amount
        and shown.item_id is null
        and items.business_day_number - items.previous_business_day_number <= items.longest_days
        and (
            not {{ contradicts('items.', 'items.previous_') }}
            {{- '\n            or own_numbers.item_id is not null' if side == 'ledger' }}
        )
        and (
            items.reference_key = items.previous_reference_key
            {# A refund whose memo names the payment. #}
            or (
                items.counterparty_key = items.previous_counterparty_key
                and length(items.previous_reference_key) >= {{ var('telling_reference_length') }}
                and position(
                    ' ' || {{ upper_case('items.previous_reference') }} || ' ' in ' ' || items.reference_words || ' '
                ) > 0
            )
            or refunds_by_number.item_id is not null
            {# What a pass before matched was taken back, and comes again. #}
            or (
                taken_back_before.item_id is not null
                and not items.is_taking_back
                and items.counterparty_key = items.previous_counterparty_key
            )
            or (
                items.is_taking_back
                and (
                    items.counterparty_key = items.previous_counterparty_key
                    or coalesce(
                        greatest(rates.daily_rate, previous_rates.daily_rate)
                        * (2 * (items.business_day_number - items.previous_business_day_number) + 1)
                        <= {{ var('coincidences_at_most') }},
                        false
                    )
                    {%- if side == 'bank' %}
                    and not {{ tells_of_something_else('items.name_words', 'items.previous_name_words') }}
                    {%- endif %}
                )
            )
        )

),

{{ pairs_apart('reversal') }},

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
    from (
        select * from accepted_by_reference
        union all
        select * from accepted_by_reversal
    ) as accepted

),

members as (

    {{ pair_members('accepted_pairs', one='earlier_item_id', other='later_item_id') }}

)

{{ claims('members') }}
{%- endmacro %}

{#- The common table expression items_in_order_by_<bank_key>: items with the one of their amount before, and with the rule
    of that key. By reference the one before has the same. -#}
{% macro items_in_order(items, bank_key) -%}
items_in_order_by_{{ bank_key }} as (

    select
        items.*,
        rules.rule_code,
        rules.posting,
        rules.wait_days,
        rules.bank_days_after_ledger as longest_days,
        {%- for column in ['item_id', 'reference', 'reference_key', 'counterparty_key', 'name_words', 'business_day_number', 'amount', 'counted_on', 'is_taking_back'] %}
        lag(items.{{ column }}) over of_amount as previous_{{ column }},
        {%- endfor %}
        row_number() over of_amount as place
    from {{ items }} as items
    inner join rules
        on items.account_id = rules.account_id
    where
        rules.bank_key = '{{ bank_key }}'
        {{- '\n        and items.reference_key is not null' if bank_key == 'reference' }}
    window of_amount as (
        partition by items.account_id, items.currency, abs(items.amount){{ ', items.reference_key' if bank_key == 'reference' }}
        order by items.business_day_number, case when items.is_taking_back then 1 else 0 end, items.item_id
    )

)
{%- endmacro %}

{#- The common table expression shown_elsewhere_by_<bank_key>: items behind one of opposite amount of which, as near as
    rule amount allows and by the day of both, the other side has as many open as this one, under no other name. -#}
{% macro shown_elsewhere(side, bank_key) -%}
shown_elsewhere_by_{{ bank_key }} as (

    select items.item_id
    from items_in_order_by_{{ bank_key }} as items
    inner join {{ ref('int_rules_by_account') }} as amount_rules
        on
            items.account_id = amount_rules.account_id
            and amount_rules.pass_code = 'amount'
            and amount_rules.bank_key = 'any'
    inner join open_items as others
        on
            items.account_id = others.account_id
            and items.currency = others.currency
            and items.previous_amount = others.amount
            and others.business_day_number <= items.business_day_number
            and others.business_day_number - items.previous_business_day_number
            between -amount_rules.bank_days_after_ledger and amount_rules.bank_days_after_ledger
            and (others.side = '{{ side }}' or not others.is_held)
    where
        items.previous_amount = -items.amount
        and (items.is_taking_back or items.previous_is_taking_back)
        and (others.side = '{{ side }}' or not {{ names_another('items.previous_', 'others.') }})
    group by items.item_id
    having sum(case when others.side = '{{ side }}' then -1 else 1 end) >= 0

)
{%- endmacro %}

{#- Whether a text of two words or more has none of them in common with another one: DEVOLUCION HACIENDA IVA takes back no
    ALQUILER OFICINA. False when one is missing. -#}
{% macro tells_of_something_else(text_words, other_words) -%}
    coalesce(
        {{ are_of_one_script(text_words, other_words) }}
        and split_part({{ text_words }}, ' ', 2) <> ''
        {%- for place in range(1, 7) %}
        and (
            length(split_part({{ text_words }}, ' ', {{ place }})) < 3
            or position(' ' || split_part({{ text_words }}, ' ', {{ place }}) || ' ' in ' ' || {{ other_words }} || ' ') = 0
        )
        {%- endfor %},
        false
    )
{%- endmacro %}

{#- The common table expressions with_pair_before_by_<bank_key> and accepted_by_<bank_key>: pairs_by_<bank_key> without
    those that share an item with the pair before. -#}
{% macro pairs_apart(bank_key) -%}
with_pair_before_by_{{ bank_key }} as (

    select
        *,
        lag(place) over (
            partition by account_id, currency, abs(amount){{ ', reference_key' if bank_key == 'reference' }} order by place
        ) as place_of_pair_before
    from pairs_by_{{ bank_key }}

),

accepted_by_{{ bank_key }} as (

    select *
    from with_pair_before_by_{{ bank_key }}
    where coalesce(place_of_pair_before < place - 1, true)

)
{%- endmacro %}

{#- Whether an item says that it takes another one back: marked as a reversal, or worded as one (var
    reversal_words). -#}
{% macro takes_back(item) -%}
    ({{ item }}.is_reversal or {{ has_word(item ~ '.memo', 'reversal_words') }})
{%- endmacro %}
