{#- Seeds on Spark. The session method of dbt-spark binds a null as the text 'None', a decimal as a float and
    an apostrophe unescaped (dbt-spark 1.11.0), so the rows are written as literals here. -#}
{% macro spark__load_csv_rows(model, agate_table) %}
    {%- set column_types = model['config'].get('column_types', {}) -%}
    {%- set statements = [] -%}
    {%- for rows in agate_table.rows | batch(get_batch_size()) -%}
        {%- set sql -%}
            insert into {{ this.render() }}
            select
                {%- for column in agate_table.column_names %}
                cast(column_{{ loop.index }} as {{ column_types.get(column, adapter.convert_type(agate_table, loop.index0)) }})
                {{- ',' if not loop.last }}
                {%- endfor %}
            from values
            {%- for row in rows %}
            ({% for value in row %}{{ spark_literal(value) }}{{ ', ' if not loop.last }}{% endfor %}){{ ',' if not loop.last }}
            {%- endfor %}
            as given_rows (
                {%- for column in agate_table.column_names %}column_{{ loop.index }}{{ ', ' if not loop.last }}{% endfor -%}
            )
        {%- endset -%}
        {%- do adapter.add_query(sql, abridge_sql_log=True) -%}
        {%- do statements.append(sql) -%}
    {%- endfor -%}
    {{ return(statements[0]) }}
{% endmacro %}

{#- A value as a Spark SQL text literal, or null. -#}
{% macro spark_literal(value) -%}
    {%- if value is none -%}
        null
    {%- else -%}
        '{{ value | string | replace("\\", "\\\\") | replace("'", "\\'") }}'
    {%- endif -%}
{%- endmacro %}
