{#- The items that none of the given passes has claimed. passes: list of pass model names, earlier ones. -#}
{% macro open_items(passes) -%}
    select items.*
    from {{ ref('int_reconciliation_items') }} as items
    {%- for pass in passes %}
    left join {{ ref(pass) }} as pass_{{ loop.index }}
        on items.item_id = pass_{{ loop.index }}.item_id
    {%- endfor %}
    {%- for pass in passes %}
    {{ 'where' if loop.first else 'and' }} pass_{{ loop.index }}.item_id is null
    {%- endfor %}
{%- endmacro %}
