{#- The keys of a staging model of HR data that stand several times in the file that counts, with different contents: the
    last line alone counts. columns: what must be the same. -#}
{% macro contradictions(model, key, columns) -%}
    {%- set told = [] -%}
    {%- for column in key -%}
        {%- do told.append("'" ~ column ~ " ' || coalesce(cast(" ~ column ~ " as string), '')") -%}
    {%- endfor -%}
    {%- set contents = [] -%}
    {%- for column in columns -%}
        {%- do contents.append("coalesce(cast(" ~ column ~ " as string), '')") -%}
    {%- endfor -%}
    select
        '{{ model.removeprefix("stg_payroll__") }}' as entity,
        {{ told | join(" || ', ' || ") }} as subject,
        max(case when line_recency = 1 then {{ contents | join(" || '|' || ") }} end) as counted_contents,
        count(*) as line_count
    from (
        select
            delivered_rows.*,
            dense_rank() over (
                partition by {% for column in key %}delivered_rows.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
                order by
                    delivered_rows.load_id desc,
                    delivered_rows.file_path desc,
                    delivered_rows.file_hash desc
            ) as file_recency,
            row_number() over (
                partition by {% for column in key %}delivered_rows.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
                order by
                    delivered_rows.load_id desc,
                    delivered_rows.file_path desc,
                    delivered_rows.file_hash desc,
                    delivered_rows.line_number desc
            ) as line_recency
        from {{ ref(model) }} as delivered_rows
    ) as ranked
    where file_recency = 1
    group by {{ key | join(', ') }}
    having count(distinct {{ contents | join(" || '|' || ") }}) > 1
{%- endmacro %}
