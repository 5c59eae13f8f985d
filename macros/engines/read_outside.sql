{#- Materialization of a view that an exposure names: on Spark it is a table, for what is read outside the warehouse is
    handed over as files (orchestration/warehouse/hand_over.py), and a view has none. -#}
{% macro read_outside() -%}
    {{ return('table' if target.type == 'spark' else 'view') }}
{%- endmacro %}
