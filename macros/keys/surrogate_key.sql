{#- One md5 key over several columns. A null differs from an empty string, and no two different tuples
    share a text: each value is preceded by its length. Joined by ||, because concat() skips nulls on DuckDB
    and not on Spark. -#}
{% macro surrogate_key(columns) -%}
    md5(
        {%- for column in columns %}
        coalesce(
            cast(length(cast({{ column }} as string)) as string) || ':' || cast({{ column }} as string),
            '-'
        )
        {%- if not loop.last %} ||{% endif %}
        {%- endfor %}
    )
{%- endmacro %}
