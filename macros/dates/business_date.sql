{#- The business date as a date expression, or a null date when none is given. -#}
{% macro business_date() -%}
    {%- set value = given_business_date() -%}
    {%- if not value -%}
        cast(null as date)
    {%- else -%}
        {%- do modules.datetime.date.fromisoformat(value | string) -%}
        cast('{{ value }}' as date)
    {%- endif -%}
{%- endmacro %}

{#- The business date as it is given: var business_date, or else TIEOUT_BUSINESS_DATE, for which dbt does not parse the whole
    project again. -#}
{% macro given_business_date() -%}
    {{ return(var('business_date') or env_var('TIEOUT_BUSINESS_DATE', '')) }}
{%- endmacro %}
