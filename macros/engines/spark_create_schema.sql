{#- dbt makes schemas before it runs its hooks, and where rows would be others nothing is made. -#}
{% macro spark__create_schema(relation) -%}
    {{ require_spark_session() }}
    {%- call statement('create_schema') -%}
        create schema if not exists {{ relation }}
    {%- endcall -%}
{%- endmacro %}
