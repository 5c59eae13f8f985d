{#- The rows of a close's lake dataset, with the close they belong to: without its own row in closes, which is
    written last, a close does not count. -#}
{% macro closed_rows(dataset) -%}
    select
        closes.close_id,
        dataset_rows.*
    from {{ source('lake', dataset) }} as dataset_rows
    inner join {{ ref('stg_closes__closes') }} as closes
        on dataset_rows.load_id = closes.load_id
{%- endmacro %}
