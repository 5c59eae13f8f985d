{#- Views over the lake's Parquet datasets, one per declared source table, on either engine. -#}
{% macro create_lake_views() %}
    {%- if execute -%}
        {%- set lake = env_var('TIEOUT_LAKE', 'lake') -%}
        {%- set sources = graph.sources.values() | selectattr('source_name', 'equalto', 'lake') | sort(attribute='name') -%}
        {%- do run_query('create schema if not exists ' ~ sources[0].schema) -%}
        {%- for source in sources -%}
            {%- do run_query(
                'create or replace view ' ~ source.schema ~ '.' ~ source.identifier
                ~ ' as select * from ' ~ parquet_dataset(lake, source.identifier)
            ) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}

{#- A table expression that reads every row of one dataset by column names: files written before a column existed
    give nulls for it. On Spark that is the setting spark.sql.parquet.mergeSchema. -#}
{% macro parquet_dataset(lake, dataset) -%}
    {{ return(adapter.dispatch('parquet_dataset', 'tieout')(lake, dataset)) }}
{%- endmacro %}

{#- The plugin says which files: all of the folder, or, where many have been packed, the pack and those since. -#}
{% macro duckdb__parquet_dataset(lake, dataset) -%}
    {%- set files = run_query("select path from python.lake_files where dataset = '" ~ dataset ~ "'").columns[0] -%}
    {%- set quoted = [] -%}
    {%- for file in files.values() -%}
        {%- do quoted.append("'" ~ file | replace("'", "''") ~ "'") -%}
    {%- endfor -%}
    {{ return('read_parquet([' ~ quoted | join(', ') ~ '], union_by_name = true, hive_partitioning = false)') }}
{%- endmacro %}

{#- A path is a pattern, so what means others in one is escaped. -#}
{% macro spark__parquet_dataset(lake, dataset) -%}
    {%- set path = modules.re.sub('[][*?{}]', '\\\\\\g<0>', lake) -%}
    {{ return("parquet.`" ~ (path ~ '/' ~ dataset) | replace("`", "``") ~ "`") }}
{%- endmacro %}
