{#- An expression that stops the query that computes it. -#}
{% macro failure() -%}
    {{ return(adapter.dispatch('failure')()) }}
{%- endmacro %}

{% macro duckdb__failure() -%}
    error('this row fails')
{%- endmacro %}

{% macro spark__failure() -%}
    raise_error('this row fails')
{%- endmacro %}
