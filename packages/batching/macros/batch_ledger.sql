{#- Two append-only tables that any project can read, in schema var batch_ledger_schema (ops):

    batch_ledger  one row per attempt at a batch, and one row (status created, no batch) whenever the table of a
                  model starts anew: attempts before it no longer say anything about the table.
    batch_queue   what each run of a model set out to do, in order, and why; written before the first batch. An
                  attempt that left no row in the ledger was cut off, and is found here. -#}
{% macro batch_ledger() %}
    {{ return(batching.batch_operations_relation(var('batch_ledger_table', 'batch_ledger'))) }}
{% endmacro %}

{% macro batch_queue() %}
    {{ return(batching.batch_operations_relation(var('batch_queue_table', 'batch_queue'))) }}
{% endmacro %}

{% macro batch_operations_relation(identifier) %}
    {{ return(api.Relation.create(
        database=target.database if target.type != 'spark' else none,
        schema=var('batch_ledger_schema', 'ops'),
        identifier=identifier,
        type='table',
    )) }}
{% endmacro %}

{#- Columns of the two tables, in order: name and data type. -#}
{% macro batch_ledger_columns() %}
    {{ return({
        'model': dbt.type_string(),
        'batch_id': dbt.type_string(),
        'invocation_id': dbt.type_string(),
        'batch_by': dbt.type_string(),
        'batch_start': dbt.type_string(),
        'batch_end': dbt.type_string(),
        'fingerprint': dbt.type_string(),
        'code_version': dbt.type_string(),
        'reason': dbt.type_string(),
        'status': dbt.type_string(),
        'note': dbt.type_string(),
        'table_number': 'bigint',
        'run_number': 'bigint',
        'attempt_number': 'bigint',
        'rows_in': 'bigint',
        'rows_out': 'bigint',
        'rows_set_aside': 'bigint',
        'bytes_in': 'bigint',
        'control_amount_in': 'decimal(38, 6)',
        'control_amount_out': 'decimal(38, 6)',
        'control_amount_set_aside': 'decimal(38, 6)',
        'started_at': 'timestamp',
        'finished_at': 'timestamp',
    }) }}
{% endmacro %}

{% macro batch_queue_columns() %}
    {{ return({
        'model': dbt.type_string(),
        'batch_id': dbt.type_string(),
        'invocation_id': dbt.type_string(),
        'batch_by': dbt.type_string(),
        'batch_start': dbt.type_string(),
        'batch_end': dbt.type_string(),
        'fingerprint': dbt.type_string(),
        'code_version': dbt.type_string(),
        'reason': dbt.type_string(),
        'table_number': 'bigint',
        'run_number': 'bigint',
        'attempt_number': 'bigint',
        'batch_number': 'bigint',
        'rows_in': 'bigint',
        'bytes_in': 'bigint',
        'control_amount_in': 'decimal(38, 6)',
        'queued_at': 'timestamp',
    }) }}
{% endmacro %}

{#- Creates the ledger and the queue where they are missing. Called on run start, so that two models of a first
    run do not create them at the same time. -#}
{% macro open_batch_ledger() %}
    {%- if execute -%}
        {%- do run_query('create schema if not exists ' ~ batching.batch_ledger().without_identifier()) -%}
        {%- do run_query(batching.batch_ledger_ddl(batching.batch_ledger(), batching.batch_ledger_columns())) -%}
        {%- do run_query(batching.batch_ledger_ddl(batching.batch_queue(), batching.batch_queue_columns())) -%}
    {%- endif -%}
{% endmacro %}

{% macro batch_ledger_ddl(relation, columns) -%}
    {{ return(adapter.dispatch('batch_ledger_ddl', 'batching')(relation, columns)) }}
{%- endmacro %}

{% macro default__batch_ledger_ddl(relation, columns) -%}
    create table if not exists {{ relation }} (
        {%- for name, data_type in columns.items() %}
        {{ name }} {{ data_type }}{{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{#- Two jobs that insert into one Parquet table on Spark delete each other's temporary files, so every append
    writes a folder of its own below the table's, and the table reads its folders. -#}
{% macro spark__batch_ledger_ddl(relation, columns) -%}
    {{ batching.default__batch_ledger_ddl(relation, columns) }}
    using parquet
    options (recursiveFileLookup 'true')
{%- endmacro %}

{#- The statement that appends the rows of a query, which selects every column of the table in order. -#}
{% macro batch_append(relation, query) -%}
    {{ return(adapter.dispatch('batch_append', 'batching')(relation, query)) }}
{%- endmacro %}

{% macro default__batch_append(relation, query) -%}
    {%- call statement('append', auto_begin=True) -%}
    insert into {{ relation }}
    {{ query }}
    {%- endcall -%}
{%- endmacro %}

{% macro spark__batch_append(relation, query) -%}
    {%- set details = run_query('describe table extended ' ~ relation) -%}
    {%- set location = namespace(path=none) -%}
    {%- for row in details.rows if row[0] == 'Location' -%}
        {%- set location.path = row[1] -%}
    {%- endfor -%}
    {%- set folder = local_md5(invocation_id ~ query) -%}
    {%- call statement('append') -%}
    insert overwrite directory '{{ location.path }}/{{ folder }}'
    using parquet
    {{ query }}
    {%- endcall -%}
    {%- do run_query('refresh table ' ~ relation) -%}
{%- endmacro %}

{#- Rows of a table as a query. rows: dictionaries of SQL expressions by column name; a missing column is null. -#}
{% macro batch_rows(columns, rows) -%}
    select
        {%- for name, data_type in columns.items() %}
        cast({{ name }} as {{ data_type }}) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        values
        {%- for row in rows %}
        ({% for name in columns %}{{ row.get(name, 'null') }}{{ ', ' if not loop.last }}{% endfor %}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as rows_given ({{ columns | join(', ') }})
{%- endmacro %}

{#- A text as an SQL literal, or null. -#}
{% macro batch_literal(value) -%}
    {{ return('null' if value is none else adapter.dispatch('batch_text_literal', 'batching')(value | string)) }}
{%- endmacro %}

{% macro default__batch_text_literal(value) -%}
    {{ return("'" ~ value | replace("'", "''") ~ "'") }}
{%- endmacro %}

{% macro spark__batch_text_literal(value) -%}
    {{ return("'" ~ value | replace("\\", "\\\\") | replace("'", "\\'") ~ "'") }}
{%- endmacro %}

{#- The time of day in UTC. It goes to the ledger only, never into a model. -#}
{% macro batch_clock() %}
    {{ return(modules.datetime.datetime.now(modules.pytz.utc).replace(tzinfo=none)) }}
{% endmacro %}

{#- Numbers of the last table and the last run of a model, and the attempt that was cut off, if any: the first
    batch of the last run that has no row in the ledger, provided no batch of that run failed. -#}
{% macro batch_model_state(model_name) %}
    {%- set query -%}
    with attempts as (

        select *
        from {{ batching.batch_ledger() }}
        where model = {{ batching.batch_literal(model_name) }}

    ),

    queued as (

        select *
        from {{ batching.batch_queue() }}
        where model = {{ batching.batch_literal(model_name) }}

    ),

    last_run as (

        select
            coalesce((select max(table_number) from attempts), 0) as table_number,
            coalesce((select max(run_number) from queued), 0) as run_number

    ),

    closed as (

        select
            count(*) as closed_batches,
            coalesce(sum(case when status in ('failed', 'killed') then 1 else 0 end), 0) as cut_off,
            max(finished_at) as last_finished_at
        from attempts
        where
            batch_id is not null
            and run_number = (select run_number from last_run)

    )

    select
        last_run.table_number,
        last_run.run_number,
        queued.batch_id,
        queued.invocation_id,
        queued.batch_number,
        (select count(*) from queued where run_number = last_run.run_number) as batch_count,
        cast(coalesce(closed.last_finished_at, queued.queued_at) as {{ dbt.type_string() }}) as started_at
    from last_run
    cross join closed
    left join queued
        on
            queued.run_number = last_run.run_number
            and queued.batch_number = closed.closed_batches + 1
            and closed.cut_off = 0
    {%- endset -%}
    {{ return(run_query(query).rows[0]) }}
{% endmacro %}

{#- Closes the attempt of a model that was cut off, if there is one, with a row of the given status. -#}
{% macro close_cut_off_batch(model_name, state, status, note) %}
    {%- if state['batch_id'] is not none -%}
        {%- set values = {
            'status': batching.batch_literal(status),
            'note': batching.batch_literal(note),
            'started_at': batching.batch_literal(state['started_at']),
            'finished_at': batching.batch_literal(batching.batch_clock()) if status == 'failed' else 'null',
        } -%}
        {%- for name in batching.batch_ledger_columns() if name in batching.batch_queue_columns() -%}
            {%- do values.update({name: 'queued.' ~ name}) -%}
        {%- endfor -%}
        {%- set query -%}
        select
            {%- for name, data_type in batching.batch_ledger_columns().items() %}
            cast({{ values.get(name, 'null') }} as {{ data_type }}) as {{ name }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ batching.batch_queue() }} as queued
        where
            queued.model = {{ batching.batch_literal(model_name) }}
            and queued.run_number = {{ state['run_number'] }}
            and queued.batch_number = {{ state['batch_number'] }}
        {%- endset -%}
        {%- do batching.batch_append(batching.batch_ledger(), query) -%}
        {%- do log(
            model_name ~ ' batch ' ~ state['batch_number'] ~ ' of ' ~ state['batch_count'] ~ ' · '
            ~ state['batch_id'] ~ ' · ' ~ status ~ (' · ' ~ note if note else ''), info=True
        ) -%}
    {%- endif -%}
{% endmacro %}

{#- Records the failed attempts of this run. Called on run end with the results of the run; without it they are
    recorded by the next run of the model, as killed. -#}
{% macro close_failed_batches(results) %}
    {%- if execute -%}
        {%- for result in results
            if result.node.resource_type == 'model'
            and result.node.config.materialized == 'batched'
            and result.status in ['error', 'fail'] -%}
            {%- set model_name = result.node.schema ~ '.' ~ result.node.alias -%}
            {%- set state = batching.batch_model_state(model_name) -%}
            {%- if state['invocation_id'] == invocation_id -%}
                {%- set note = (result.message or '') | replace('\n', ' ') | truncate(500) -%}
                {%- do batching.close_cut_off_batch(model_name, state, 'failed', note) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do batching.batch_commit() -%}
    {%- endif -%}
{% endmacro %}

{#- Ends the open transaction, on engines that have one. -#}
{% macro batch_commit() -%}
    {{ return(adapter.dispatch('batch_commit', 'batching')()) }}
{%- endmacro %}

{% macro default__batch_commit() -%}
    {%- do adapter.commit() -%}
{%- endmacro %}

{% macro spark__batch_commit() -%}
{%- endmacro %}
