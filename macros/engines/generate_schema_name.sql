{#- A layer's schema has the layer's own name on every target: staging, intermediate, marts, reference. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}
