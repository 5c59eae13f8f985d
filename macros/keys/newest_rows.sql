{#- The rows of a staging model of HR data that count: of those with one key, the one delivered last. Loads come first,
    then the files of one load by name, then the lines of a file. -#}
{% macro newest_rows(model, key) -%}
    select * from (
        select
            delivered_rows.*,
            row_number() over (
                partition by {% for column in key %}delivered_rows.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
                order by
                    delivered_rows.load_id desc,
                    delivered_rows.file_path desc,
                    delivered_rows.file_hash desc,
                    delivered_rows.line_number desc
            ) as recency
        from {{ ref(model) }} as delivered_rows
    ) as numbered
    where recency = 1
{%- endmacro %}

{#- The first day on which a row that counts from effective_on does not count any more: that of the next row with the
    same key, or the column ended_on if that comes first. Null: it counts for good. -#}
{% macro effective_before(key, ended_on=none) -%}
    {%- set next_on = 'lead(effective_on) over (partition by ' ~ key | join(', ') ~ ' order by effective_on)' -%}
    {%- if ended_on is none -%}
        {{ next_on }}
    {%- else -%}
        least(coalesce({{ next_on }}, {{ ended_on }}), coalesce({{ ended_on }}, {{ next_on }}))
    {%- endif -%}
{%- endmacro %}
