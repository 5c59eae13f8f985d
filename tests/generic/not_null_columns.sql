{#- Fails with every column that has nulls, and how many. The model is read once for all its columns. -#}
{% test not_null_columns(model, columns) %}

with counted as (

    select
        {% for column in columns -%}
        count(*) - count({{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ model }}

),

named as (

    {% for column in columns -%}
    select '{{ column }}' as column_name
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

nulls as (

    select
        named.column_name,
        case named.column_name
            {% for column in columns -%}
            when '{{ column }}' then counted.{{ column }}
            {% endfor %}
        end as null_count
    from counted
    cross join named

)

select
    column_name,
    null_count
from nulls
where null_count > 0

{% endtest %}
