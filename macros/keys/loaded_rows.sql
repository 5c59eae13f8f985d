{#- The rows of a lake dataset whose file was loaded in full, with the path of the file: a load that a kill cut short does
    not count, nor does what a decision took out of count. Of the collected files it reads those of the dataset's own
    source, so that a file of the bank leaves what payroll reads as it was (orchestration/warehouse/inputs.py). -#}
{% macro loaded_rows(dataset) -%}
    {%- set sources = {'cheques': 'cash_letters', 'cheque_images': 'cash_letters'} -%}
    {%- set source_name = 'bank_statements' if dataset.startswith('bank_') else sources.get(dataset, dataset) -%}
    select
        dataset_rows.*,
        files.path as file_path
    from {{ source('lake', dataset) }} as dataset_rows
    inner join (
        {{ newest_attempts("source = '" ~ source_name ~ "'") | indent(8) }}
    ) as files
        on
            dataset_rows.file_hash = files.file_hash
            and dataset_rows.load_id = files.load_id
            and files.status = 'loaded'
    {%- if dataset != 'decisions' %}
    left join (
        {{ latest_rulings() | indent(8) }}
    ) as of_file
        on
            dataset_rows.file_hash = of_file.named_hash
            and of_file.named_line = 0
            and of_file.is_excluded
    left join (
        {{ latest_rulings() | indent(8) }}
    ) as of_row
        on
            dataset_rows.file_hash = of_row.named_hash
            and dataset_rows.line_number = of_row.named_line
            and of_row.is_excluded
    where
        of_file.named_hash is null
        and of_row.named_hash is null
    {%- endif %}
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

{#- What the latest decision `exclude` or `include` about each file names, once: the file (named_line 0) or rows of it. Of
    an id that was delivered again the first delivery counts, and of a decision that was withdrawn none, since it was
    collected or in its file: collection has then seen who stands behind it. -#}
{% macro latest_rulings() -%}
    select distinct
        named_hash,
        named_line,
        decision_id,
        is_excluded
    from (
        select
            delivered.*,
            dense_rank() over (
                partition by delivered.named_hash
                order by delivered.decided_at desc, delivered.decision_id desc, delivered.file_hash desc
            ) as recency
        from (
            select
                *,
                dense_rank() over (partition by decision_id order by load_id, file_hash, line_number) as delivery_number
            from {{ source('lake', 'exclusions') }}
        ) as delivered
        left join {{ source('lake', 'exclusions') }} as withdrawals
            on
                delivered.decision_id = withdrawals.withdraws
                and (delivered.load_id < withdrawals.load_id or delivered.file_hash = withdrawals.file_hash)
        where
            delivered.delivery_number = 1
            and delivered.withdraws is null
            and withdrawals.withdraws is null
    ) as rulings
    where recency = 1
{%- endmacro %}
