{#- Days from one date to another, negative when the other is earlier. -#}
{% macro days_between(one, other) -%}
    {{ return(adapter.dispatch('days_between', 'tieout')(one, other)) }}
{%- endmacro %}

{% macro default__days_between(one, other) -%}
    datediff({{ other }}, {{ one }})
{%- endmacro %}

{% macro duckdb__days_between(one, other) -%}
    date_diff('day', {{ one }}, {{ other }})
{%- endmacro %}
