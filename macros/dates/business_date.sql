{#- The business date given with --vars, as a date expression, or a null date when none is given. -#}
{% macro business_date() -%}
    {%- set value = var('business_date') -%}
    {%- if value is none -%}
        cast(null as date)
    {%- else -%}
        {%- do modules.datetime.date.fromisoformat(value | string) -%}
        cast('{{ value }}' as date)
    {%- endif -%}
{%- endmacro %}
