{#- The exchange that gives each pair the probability that it belongs together when every item belongs to one partner at
    most (belief propagation on the pairs). In each round each side of a pair tells the other how free it is: 1 over 1 plus
    the odds of its other pairs, each as far as the partner there is free. Sums are of decimals, so that no order of rows
    changes them. Every step is read once, so that no engine computes it twice.

    pairs: relation with bank_item_id, ledger_item_id, odds and match_weight. Result: the pairs with bank_freedom and
    ledger_freedom. -#}
{% macro match_messages(pairs, rounds=4) -%}
with round_0 as (

    select
        bank_item_id,
        ledger_item_id,
        odds,
        cast(1 as double) as bank_freedom,
        cast(1 as double) as ledger_freedom,
        match_weight
    from {{ pairs }}

),

{% for round in range(1, rounds + 1) -%}
claims_{{ round }} as (

    select
        *,
        cast(odds * bank_freedom as decimal(38, 9)) as bank_claim,
        cast(odds * ledger_freedom as decimal(38, 9)) as ledger_claim
    from round_{{ round - 1 }}

),

rivals_{{ round }} as (

    select
        *,
        sum(ledger_claim) over (partition by bank_item_id) - ledger_claim as bank_rivals,
        sum(bank_claim) over (partition by ledger_item_id) - bank_claim as ledger_rivals
    from claims_{{ round }}

),

round_{{ round }} as (

    select
        bank_item_id,
        ledger_item_id,
        odds,
        {%- for side in ['bank', 'ledger'] %}
        cast(round(1 / (1 + cast({{ side }}_rivals as double)), 12) as double) as {{ side }}_freedom,
        {%- endfor %}
        match_weight
    from rivals_{{ round }}

){{ ',' if not loop.last }}

{% endfor -%}
select * from round_{{ rounds }}
{%- endmacro %}
