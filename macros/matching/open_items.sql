{#- The passes in the order in which they claim items; each is the model int_items_matched_by_<pass>. A pass sees what
    the passes before it left open. match_rules numbers its rules in this order: dbt must know it before there is a seed
    to read, so a test compares the two. -#}
{% macro match_passes() %}
    {{ return(item_passes() + difference_passes()) }}
{% endmacro %}

{#- The passes over items, which may leave a difference. -#}
{% macro item_passes() %}
    {{ return([
        'reference',
        'opening',
        'memo_reference',
        'reference_group',
        'details',
        'reference_difference',
        'counterparty',
        'own_transfer',
        'amount',
        'ledger_reversal',
        'bank_reversal',
        'counterparty_difference',
        'day_total',
        'subset_sum',
    ]) }}
{% endmacro %}

{#- The passes that a name or an amount brings together. -#}
{% macro passes_without_reference() %}
    {{ return(['counterparty', 'amount', 'counterparty_difference', 'day_total', 'subset_sum']) }}
{% endmacro %}

{#- The passes over the differences of matches. -#}
{% macro difference_passes() %}
    {{ return([
        'difference_decided',
        'difference_booked',
    ]) }}
{% endmacro %}

{#- The items of a pool that no automatic rule of an earlier pass has claimed. pass_code: the pass that asks, or none
    for what all passes left. An opening balance is open to its own pass only. pool: model that holds the items; unless
    given, int_items_pool for the first pass, and for the others int_items_left_by_reference, which is a fraction of it.
    takes_held: whether the pass may claim an item that is held. knows_later: whether the counterparty's key and words are
    what was learned later, from known_on, where the item came before. A left join, because DuckDB does not take apart a
    "not exists" over a union. -#}
{% macro open_items(pass_code=none, pool=none, takes_held=false, knows_later=false) -%}
    {%- set passes = match_passes() -%}
    {%- set earlier = passes[:passes.index(pass_code)] if pass_code else passes -%}
    {%- if not pool -%}
        {%- set pool = 'int_items_left_by_reference' if earlier else 'int_items_pool' -%}
        {%- set earlier = earlier[1:] -%}
    {%- endif -%}
    {%- if knows_later %}
    select
        {{ pool_item_columns(
            'items',
            instead={
                'counterparty_key': 'coalesce(items.later_counterparty_key, items.counterparty_key)',
                'name_words': 'coalesce(items.later_name_words, items.name_words)',
            },
        ) | indent(4) }},
        items.known_on,
        items.known_day
    {%- else %}
    select items.*
    {%- endif %}
    from {{ ref(pool) }} as items
    {%- if earlier %}
    left join (
        {%- for pass in earlier %}
        select item_id from {{ ref('int_items_matched_by_' ~ pass) }} where posting = 'automatic'
        {{- ' union all' if not loop.last }}
        {%- endfor %}
    ) as claimed
        on items.item_id = claimed.item_id
    {%- endif %}
    where
        {{ 'true' if takes_held else 'not items.is_held' }}
        {{- ' and claimed.item_id is null' if earlier }}
        {{- " and items.item_kind is distinct from 'opening_balance'" if pass_code and pass_code != 'opening' }}
        {{- " and not coalesce(items.is_promised, false)" if pass_code in passes_without_reference() }}
{%- endmacro %}
