{#- The keys of a staging model of HR data that stand several times in the file that counts, with different contents:
    the last line alone counts. columns: what must be the same. -#}
{% macro contradictions(model, key, columns) -%}
    {%- set told = [] -%}
    {%- for column in key -%}
        {%- do told.append("'" ~ column ~ " ' || cast(delivered." ~ column ~ " as string)") -%}
    {%- endfor -%}
    {%- set contents = [] -%}
    {%- for column in columns -%}
        {%- do contents.append("coalesce(cast(delivered." ~ column ~ " as string), '')") -%}
    {%- endfor -%}
    select
        '{{ model.removeprefix("stg_payroll__") }}' as entity,
        {{ told | join(" || ', ' || ") }} as subject,
        count(*) as line_count
    from {{ ref(model) }} as delivered
    inner join (
        {{ newest_rows(model, key) }}
    ) as newest
        on
            delivered.file_hash = newest.file_hash
            and delivered.load_id = newest.load_id
            {%- for column in key %}
            and coalesce(cast(delivered.{{ column }} as string), '')
            = coalesce(cast(newest.{{ column }} as string), '')
            {%- endfor %}
    group by {% for column in key %}delivered.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
    having count(distinct {{ contents | join(" || '|' || ") }}) > 1
{%- endmacro %}
