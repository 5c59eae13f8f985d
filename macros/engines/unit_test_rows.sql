{#- Rows of dbt's unit tests, given and expected, in place of dbt's own macros of these names: one list of values with a
    cast for each column, where those dispatch and cast each value of each row, half the time of all unit tests. -#}
{% macro get_fixture_sql(rows, column_name_to_data_types) %}
    {%- set types = column_name_to_data_types or {} -%}
    {%- if not types -%}
        {%- set relation = defer_relation if (defer_relation and not load_relation(this)) else this -%}
        {%- if target.type == 'duckdb' -%}
            {#- Of one table: adapter.get_columns_in_relation looks through the columns of all. -#}
            {%- for column in run_query('select column_name, column_type from (describe ' ~ relation ~ ')') -%}
                {%- do types.update({column[0] | lower: column[1]}) -%}
            {%- endfor -%}
        {%- else -%}
            {%- for column in adapter.get_columns_in_relation(relation) -%}
                {%- do types.update({column.name | lower: column.data_type}) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endif -%}
    {%- if not types -%}
        {{ exceptions.raise_compiler_error("No columns of " ~ this ~ ", which a unit test has rows of: build it first, of nothing") }}
    {%- endif -%}
    {{ unit_test_rows(rows, types, types.keys(), "rows of '" ~ model.name ~ "'") }}
{% endmacro %}

{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) %}
    {%- if rows -%}
        {{ unit_test_rows(rows, column_name_to_data_types, rows[0].keys() | map('lower'), 'what is expected') }}
    {%- else -%}
        select * from dbt_internal_unit_test_actual where false
    {%- endif -%}
{% endmacro %}

{#- A query of rows. types: of every column by its name in small letters. columns: the names to select, null where no
    row has a value. told: what to call the rows where they name a column that there is not. -#}
{% macro unit_test_rows(rows, types, columns, told) -%}
    {%- set given = [] -%}
    {%- for row in rows -%}
        {%- for name in row if name | lower not in given -%}
            {%- if name | lower not in types -%}
                {{ exceptions.raise_compiler_error("No column '" ~ name ~ "' for " ~ told ~ ": there are " ~ types.keys() | join(", ")) }}
            {%- endif -%}
            {%- do given.append(name | lower) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set quote = '"' if target.type == 'duckdb' else '`' -%}
    {%- set lines = [] -%}
    {%- for row in rows -%}
        {%- set values = {} -%}
        {%- for name, value in row.items() -%}
            {%- if value is none -%}
                {%- set literal = 'null' -%}
            {%- elif target.type == 'duckdb' -%}
                {%- set literal = "'" ~ value | string | replace("'", "''") ~ "'" -%}
            {%- else -%}
                {%- set literal = spark_literal(value) -%}
            {%- endif -%}
            {%- do values.update({name | lower: literal}) -%}
        {%- endfor -%}
        {%- set line = [] -%}
        {%- for name in given -%}
            {%- do line.append(values.get(name, 'null')) -%}
        {%- endfor -%}
        {%- do lines.append('(' ~ (line | join(', ') or 'null') ~ ')') -%}
    {%- endfor -%}
    {%- set selected = [] -%}
    {%- for name in columns -%}
        {%- set quoted = quote ~ name ~ quote -%}
        {%- do selected.append('cast(' ~ (quoted if name in given else 'null') ~ ' as ' ~ types[name] ~ ') as ' ~ quoted) -%}
    {%- endfor -%}
    select {{ selected | join(', ') }}
    from (values {{ lines | join(', ') or '(null)' }}) as given_rows (
        {%- for name in given %}{{ quote ~ name ~ quote }}{{ ', ' if not loop.last }}{% else %}nothing{% endfor -%}
    )
    {%- if not rows %} where false{% endif %}
{%- endmacro %}
