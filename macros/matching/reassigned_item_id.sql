{#- The id of an item whose account or currency changed after it was closed: an item of its own. -#}
{% macro reassigned_item_id(items) -%}
    {{ surrogate_key(["'reassigned'", items ~ '.item_id', items ~ '.account_id', items ~ '.currency']) }}
{%- endmacro %}
