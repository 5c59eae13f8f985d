{#- A pass that pairs single items of equal amount: within a run of one key, the n-th item of the bank with the n-th of
    the books, in date order. Each item has one rank on its side, so no item can be claimed twice. Where the rule leaves
    ambiguous items open, a pair counts only if on the day it is complete no other item of its run is waiting, unless
    the one that waits is alike: same reference, counterparty and memo.

    Arguments as in keyed_items. Result: one row per claimed item, the columns of claims. -#}
{% macro match_one_to_one(pass_code, pool=none) -%}
with {{ keyed_items(pass_code, pool, with_amount=true) }},

{# A key that stands once on each side is a pair without more ado. #}
single_pairs as (

    select
        *,
        cast(null as bigint) as other_waits_from_day
    from keys_on_both_sides
    where item_count = 2

),

{% set next_columns = ['business_day_number', 'reference_key', 'counterparty_key', 'memo'] -%}
ranked_items as (

    select
        *,
        row_number() over by_side as item_rank,
        {%- for column in next_columns %}
        lead({{ column }}) over by_side as next_{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from keyed_items
    window by_side as (
        partition by account_id, currency, match_key, amount, run_number, side
        order by business_day_number, item_on, item_id
    )

),

ranked_pairs as (

    select
        account_id,
        currency,
        match_key,
        amount,
        {{ pair_columns() }},
        count(*) as item_count,
        min(
            case
                when
                    reference_key is distinct from next_reference_key
                    or counterparty_key is distinct from next_counterparty_key
                    or memo is distinct from next_memo
                    then next_business_day_number
            end
        ) as other_waits_from_day
    from ranked_items
    group by account_id, currency, match_key, amount, run_number, item_rank
    having count(*) = 2

),

pairs as (

    select * from single_pairs
    union all
    select * from ranked_pairs

),

accepted_pairs as (

    select
        pairs.bank_item_id,
        pairs.ledger_item_id,
        pairs.calendar_code,
        pairs.completed_day,
        pairs.completed_on,
        rules.rule_code,
        rules.posting,
        cast(null as string) as difference_kind,
        {{ surrogate_key(['rules.rule_code', 'pairs.bank_item_id', 'pairs.ledger_item_id']) }} as match_id,
        rules.wait_days
    from pairs
    inner join rules
        on pairs.account_id = rules.account_id
    where
        pairs.bank_business_day_number - pairs.ledger_business_day_number
        between -rules.bank_days_before_ledger and rules.bank_days_after_ledger
        and (rules.when_ambiguous <> 'leave_open' or coalesce(pairs.other_waits_from_day > pairs.completed_day, true))
        {%- if pass_code in ['counterparty', 'amount', 'own_transfer'] %}
        and not {{ contradicts('pairs.bank_', 'pairs.ledger_') }}
        {%- endif %}

),

members as (

    {{ pair_members('accepted_pairs') }}

)

{{ claims('members') }}
{%- endmacro %}

{#- The columns of a pair, from its two items. -#}
{% macro pair_columns() -%}
        max(calendar_code) as calendar_code,
        max(business_day_number) as completed_day,
        max(counted_on) as completed_on,
        {%- for column in ['item_id', 'reference', 'reference_key', 'counterparty_key', 'business_day_number'] %}
        max(case when side = 'bank' then {{ column }} end) as bank_{{ column }},
        max(case when side = 'ledger' then {{ column }} end) as ledger_{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
{%- endmacro %}
