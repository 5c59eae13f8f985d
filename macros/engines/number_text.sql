{#- A number as people read it, 1,234.50, with so many decimals; null stays null. On DuckDB format() takes a decimal for a
    double, which would lose cents beyond 15 digits, so only the whole part goes through it. -#}
{% macro number_text(expression, decimals) -%}
    {{ return(adapter.dispatch('number_text', 'tieout')(expression, decimals)) }}
{%- endmacro %}

{% macro default__number_text(expression, decimals) -%}
    format_number(cast({{ expression }} as decimal(28, {{ decimals }})), {{ decimals }})
{%- endmacro %}

{% macro duckdb__number_text(expression, decimals) -%}
    {%- set rounded = 'cast(' ~ expression ~ ' as decimal(28, ' ~ decimals ~ '))' -%}
    case when {{ rounded }} < 0 then '-' else '' end
    || format('{:,}', cast(trunc(abs({{ rounded }})) as hugeint))
    {%- if decimals %}
    || right(cast({{ rounded }} as string), {{ decimals + 1 }})
    {%- endif %}
{%- endmacro %}
