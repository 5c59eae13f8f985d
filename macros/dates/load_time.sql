{#- When a load was opened (UTC), which its id says: 20260327T090005.123456Z. -#}
{% macro load_time(load_id) -%}
    cast(
        concat(
            substr({{ load_id }}, 1, 4), '-', substr({{ load_id }}, 5, 2), '-', substr({{ load_id }}, 7, 2), ' ',
            substr({{ load_id }}, 10, 2), ':', substr({{ load_id }}, 12, 2), ':', substr({{ load_id }}, 14, 2)
        ) as timestamp
    )
{%- endmacro %}
