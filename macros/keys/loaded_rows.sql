{#- The rows of a lake dataset whose file was loaded in full, with the path of the file: a load that a kill cut short does
    not count. Of the collected files it reads those of the dataset's own source, so that a file of the bank leaves what
    payroll reads as it was (orchestration/warehouse/inputs.py). -#}
{% macro loaded_rows(dataset) -%}
    select
        dataset_rows.*,
        files.path as file_path
    from {{ source('lake', dataset) }} as dataset_rows
    inner join (
        {{ newest_attempts("source = '" ~ ('bank_statements' if dataset.startswith('bank_') else dataset) ~ "'") | indent(8) }}
    ) as files
        on
            dataset_rows.file_hash = files.file_hash
            and dataset_rows.load_id = files.load_id
            and files.status = 'loaded'
{%- endmacro %}

{#- The collected files under a condition, with what the last attempt to read each came to. -#}
{% macro newest_attempts(condition) -%}
    select * from (
        select
            *,
            row_number() over (partition by path, file_hash order by load_id desc) as recency
        from {{ source('lake', 'collected_files') }}
        where {{ condition }}
    ) as attempts
    where recency = 1
{%- endmacro %}
