{#- The calendar of currencies that no settlement calendar is declared for: only weekends are closed. -#}
{% macro weekend_calendar() -%}
    WEEKENDS
{%- endmacro %}

{#- True on Saturday and Sunday. -#}
{% macro is_weekend(date_expression) -%}
    {{ return(adapter.dispatch('is_weekend', 'tieout')(date_expression)) }}
{%- endmacro %}

{% macro default__is_weekend(date_expression) -%}
    weekday({{ date_expression }}) in (5, 6)
{%- endmacro %}

{% macro duckdb__is_weekend(date_expression) -%}
    isodow({{ date_expression }}) in (6, 7)
{%- endmacro %}
