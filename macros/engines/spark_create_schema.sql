{#- dbt makes schemas before it runs its hooks, and where there is no key nothing is made. -#}
{% macro spark__create_schema(relation) -%}
    {{ require_pseudonym_key() }}
    {%- call statement('create_schema') -%}
        create schema if not exists {{ relation }}
    {%- endcall -%}
{%- endmacro %}
