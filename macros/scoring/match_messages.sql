{#- The features of a candidate pair, in the order in which evidence is told. -#}
{% macro suggestion_features() %}
    {{ return(['amount', 'date', 'words', 'conflict', 'reference']) }}
{% endmacro %}

{#- One round of the exchange that gives each pair the probability that it belongs together when every item belongs to
    one partner at most (belief propagation on the pairs). Each side of a pair tells the other how free it is: 1 over 1
    plus the odds of its other pairs, each as far as the partner there is free. Sums are of decimals, so that no order
    of rows changes them.

    previous: model of the round before, or none for the first. Result: the pairs with bank_freedom and
    ledger_freedom. -#}
{% macro match_messages(previous=none) -%}
with pairs as (

    select
        bank_item_id,
        ledger_item_id,
        odds,
        {%- for side in ['bank', 'ledger'] %}
        cast(odds * {{ side ~ '_freedom' if previous else 1 }} as decimal(38, 9)) as {{ side }}_claim,
        {%- endfor %}
        match_weight
    from {{ ref(previous or 'int_suggestion_scores') }}

),

claimed as (

    select
        *,
        sum(ledger_claim) over (partition by bank_item_id) - ledger_claim as bank_rivals,
        sum(bank_claim) over (partition by ledger_item_id) - bank_claim as ledger_rivals
    from pairs

)

select
    bank_item_id,
    ledger_item_id,
    odds,
    {%- for side in ['bank', 'ledger'] %}
    cast(round(1 / (1 + cast({{ side }}_rivals as double)), 12) as double) as {{ side }}_freedom,
    {%- endfor %}
    match_weight
from claimed
{%- endmacro %}
