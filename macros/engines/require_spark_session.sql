{#- What makes rows the same as DuckDB's is asked of the session, whoever started it: a server of one's own has settings of its
    own. ANSI mode is off, as dbt-spark has it in sessions that it starts. Called before schemas are made, and on run start;
    nothing is made where the answer is another. -#}
{% macro require_spark_session() -%}
    {%- if execute and target.type == 'spark' -%}
        {%- for name, needed in {'spark.sql.ansi.enabled': ['false'], 'spark.sql.session.timeZone': ['UTC', 'Etc/UTC', 'Z']}.items() -%}
            {%- set given = run_query('set ' ~ name).columns[1].values()[0] -%}
            {%- if given not in needed -%}
                {{ exceptions.raise_compiler_error(
                    name ~ ' of this Spark is ' ~ given ~ ', and rows would not be the same: nothing is built. Make it '
                    ~ needed[0] ~ ' (docs/spark.md)'
                ) }}
            {%- endif -%}
        {%- endfor -%}
        {{ require_pseudonym_key() }}
    {%- endif -%}
{%- endmacro %}
