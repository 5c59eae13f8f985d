{#- A pass that pairs single items: within a run of one key, the n-th item of the bank with the n-th of the
    books, in date order. Each item has one rank on its side, so no item can be claimed twice.

    Arguments as in keyed_items; the amount is always part of the key.
    Result: one row per claimed item: item_id, match_id, rule_code. -#}
{% macro match_one_to_one(rule_code, passes, bank_key, ledger_key) -%}
{%- set with_amount = "concat_ws('|', cast(amount as string), " -%}
with {{ keyed_items(
    rule_code,
    passes,
    "case when " ~ bank_key ~ " is not null then " ~ with_amount ~ bank_key ~ ") end",
    "case when " ~ ledger_key ~ " is not null then " ~ with_amount ~ ledger_key ~ ") end"
) }},

ranked_items as (

    select
        *,
        row_number() over (
            partition by account_id, currency, match_key, run_number, side
            order by business_day_number, item_on, item_id
        ) as item_rank
    from keyed_items

),

pairs as (

    select
        bank.item_id as bank_item_id,
        ledger.item_id as ledger_item_id,
        bank.rule_code,
        {{ surrogate_key(['bank.rule_code', 'bank.item_id', 'ledger.item_id']) }} as match_id
    from ranked_items as bank
    inner join ranked_items as ledger
        on
            bank.account_id = ledger.account_id
            and bank.currency = ledger.currency
            and bank.match_key = ledger.match_key
            and bank.run_number = ledger.run_number
            and bank.item_rank = ledger.item_rank
            and {{ within_window('bank', 'ledger') }}
    where
        bank.side = 'bank'
        and ledger.side = 'ledger'

)

select
    bank_item_id as item_id,
    match_id,
    rule_code
from pairs
union all
select
    ledger_item_id as item_id,
    match_id,
    rule_code
from pairs
{%- endmacro %}
