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
        1 as run_number,
        1 as item_rank,
        cast(null as bigint) as other_waits_from_day,
        {{ pair_columns() }}
    from items_with_key
    group by account_id, currency, match_key
    having
        count(*) = 2
        and min(side) <> max(side)

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
        partition by account_id, currency, match_key, run_number, side
        order by business_day_number, item_on, item_id
    )

),

ranked_pairs as (

    select
        run_number,
        item_rank,
        min(
            case
                when
                    reference_key is distinct from next_reference_key
                    or counterparty_key is distinct from next_counterparty_key
                    or memo is distinct from next_memo
                    then next_business_day_number
            end
        ) as other_waits_from_day,
        {{ pair_columns() }}
    from ranked_items
    group by account_id, currency, match_key, run_number, item_rank
    having count(*) = 2

),

pairs as (

    select * from single_pairs
    union all
    select * from ranked_pairs

),

accepted_pairs as (

    select
        *,
        cast(null as string) as difference_kind,
        {{ surrogate_key(['rule_code', 'bank_item_id', 'ledger_item_id']) }} as match_id
    from pairs
    where
        bank_business_day_number - ledger_business_day_number
        between -bank_days_before_ledger and bank_days_after_ledger
        and (when_ambiguous <> 'leave_open' or coalesce(other_waits_from_day > completed_day, true))
        {%- if pass_code in ['counterparty', 'amount', 'own_transfer'] %}
        and not {{ contradicts('bank_', 'ledger_') }}
        {%- endif %}

),

members as (

    {{ pair_members('accepted_pairs') }}

)

{{ claims('members') }}
{%- endmacro %}

{#- The columns of a pair, from its two items. -#}
{% macro pair_columns() -%}
        account_id,
        currency,
        match_key,
        max(calendar_code) as calendar_code,
        max(rule_code) as rule_code,
        max(posting) as posting,
        max(when_ambiguous) as when_ambiguous,
        max(wait_days) as wait_days,
        max(bank_days_before_ledger) as bank_days_before_ledger,
        max(bank_days_after_ledger) as bank_days_after_ledger,
        max(business_day_number) as completed_day,
        max(counted_on) as completed_on,
        {%- for column in ['item_id', 'reference', 'reference_key', 'counterparty_key', 'business_day_number'] %}
        max(case when side = 'bank' then {{ column }} end) as bank_{{ column }},
        max(case when side = 'ledger' then {{ column }} end) as ledger_{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
{%- endmacro %}
