{#- An amount as text with two decimals, or more where it has more. -#}
{% macro money_text(expression) -%}
    regexp_replace(cast(cast({{ expression }} as decimal(28, 5)) as string), '0{1,3}$', '')
{%- endmacro %}
