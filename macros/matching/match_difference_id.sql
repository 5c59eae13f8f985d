{#- The id of the item that stands for the difference of a match. -#}
{% macro match_difference_id(match_id) -%}
    {{ surrogate_key(["'match_difference'", match_id]) }}
{%- endmacro %}
