{#- The rows of a lake dataset whose file was loaded in full, a load that a kill cut short does not count, and that no
    decision took out of count. -#}
{% macro loaded_rows(dataset) -%}
    select dataset_rows.*
    from {{ source('lake', dataset) }} as dataset_rows
    inner join {{ ref('stg_collect__files') }} as files
        on
            dataset_rows.file_hash = files.file_hash
            and dataset_rows.load_id = files.load_id
            and files.file_status = 'loaded'
    where
        files.excluded_rows is null
        or files.excluded_rows not like concat(
            '% ', dataset_rows.file_hash, ':', cast(dataset_rows.line_number as string), ' %'
        )
{%- endmacro %}
