{#- The lake's Parquet datasets as relations, one per declared source table, on either engine. -#}
{% macro create_lake_views() %}
    {%- if execute -%}
        {%- set lake = env_var('TIEOUT_LAKE', 'lake') -%}
        {%- set sources = graph.sources.values() | selectattr('source_name', 'equalto', 'lake') | sort(attribute='name') -%}
        {%- do run_query('create schema if not exists ' ~ sources[0].schema) -%}
        {%- for source in sources -%}
            {%- do adapter.dispatch('create_lake_view', 'tieout')(source, lake) -%}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}

{% macro default__create_lake_view(source, lake) %}
    {%- do run_query(
        'create or replace view ' ~ source.schema ~ '.' ~ source.identifier
        ~ ' as select * from ' ~ parquet_dataset(lake, source.identifier)
    ) -%}
{% endmacro %}

{#- A table at a place that is not its own. It knows its columns; a view would read them from the files, all of them, each
    time that a model reads it. Dropping the table leaves the files. Spark takes a relative path of a table for one below
    its own tables. -#}
{% macro spark__create_lake_view(source, lake) %}
    {%- set folder = lake if lake.startswith('/') or ':' in lake else invocation_args_dict.project_dir ~ '/' ~ lake -%}
    {%- if not (folder.startswith('/') or ':' in folder) -%}
        {{ exceptions.raise_compiler_error('Spark wants the whole path of the lake: set TIEOUT_LAKE, or give --project-dir whole') }}
    {%- endif -%}
    {%- set existing_relation = adapter.get_relation(none, source.schema, source.identifier) -%}
    {%- if existing_relation is not none -%}
        {%- do adapter.drop_relation(existing_relation) -%}
    {%- endif -%}
    {%- do run_query(
        'create table ' ~ source.schema ~ '.' ~ source.identifier ~ " using parquet options (mergeSchema 'true', path "
        ~ batching.batch_literal(spark_pattern(folder) ~ '/' ~ source.identifier) ~ ')'
    ) -%}
{% endmacro %}

{#- A table expression that reads every row of one dataset by column names: files written before a column existed
    give nulls for it. -#}
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

{% macro spark__parquet_dataset(lake, dataset) -%}
    {{ return("parquet.`" ~ (spark_pattern(lake) ~ '/' ~ dataset) | replace("`", "``") ~ "`") }}
{%- endmacro %}

{#- A path is a pattern, so what means others in one is escaped. -#}
{% macro spark_pattern(path) -%}
    {{ return(modules.re.sub('[][*?{}]', '\\\\\\g<0>', path)) }}
{%- endmacro %}
