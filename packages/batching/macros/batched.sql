{#- A table that is built and kept up batch by batch. The model's query calls batching.in_batch(key, plan) for each input
    it cuts; the table gets a last column batch_id. A batch runs when it never ran, its rows changed, it lost all its
    rows, its last attempt did not finish, or it was made by an older version of the model's query.

    Configuration, all optional:
        batch_set_aside              condition over the model's columns that marks a row as set aside
        batch_amount                 expression over the model's columns, the control amount of a row
        batch_rerun_on_new_version   false: a new version of the query does not rerun history -#}
{% materialization batched, adapter='duckdb' %}
    {{ return(batching.run_batched_model()) }}
{% endmaterialization %}

{% materialization batched, adapter='spark' %}
    {{ return(batching.run_batched_model()) }}
{% endmaterialization %}

{% macro run_batched_model() %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set model_name = this.schema ~ '.' ~ this.identifier -%}
    {%- set markers = batching.batch_markers(sql) -%}
    {%- set plan = batching.batch_plan_of(model_name, markers) -%}
    {%- set code_version = batching.batch_code_version(sql) -%}
    {%- set is_dry_run = var('batch_dry_run', false) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- do batching.batch_commit() -%}

    {%- if load_relation(batching.batch_ledger()) is none or load_relation(batching.batch_queue()) is none -%}
        {%- do batching.open_batch_ledger() -%}
    {%- endif -%}
    {%- set state = batching.batch_model_state(model_name) -%}
    {%- if not is_dry_run -%}
        {%- do batching.close_cut_off_batch(model_name, state, 'killed', none) -%}
        {%- do batching.batch_commit() -%}
    {%- endif -%}

    {%- set output_sql = batching.batched_output(batching.batch_sql(sql, none, [])) -%}
    {%- set columns = batching.batch_described_columns(output_sql) -%}
    {%- if columns[:-1] | map('first') | map('lower') | select('in', ['batch_id', 'batch_id_1']) | list -%}
        {{ exceptions.raise_compiler_error(
            model_name ~ " selects a column batch_id, which the batched materialization adds itself."
        ) }}
    {%- endif -%}
    {%- set is_trusted = (
        state['table_number'] > 0
        and not should_full_refresh()
        and batching.batch_table_has_columns(columns)
    ) -%}
    {%- set pending = run_query(batching.pending_batches(
        model_name,
        plan,
        code_version,
        is_trusted,
        config.get('batch_rerun_on_new_version', var('batch_rerun_on_new_version', true)),
    )).rows -%}
    {%- do batching.assert_forced_batches_exist(model_name, pending) -%}
    {%- set batches = batching.batches_within_bounds(pending) -%}

    {%- if is_dry_run -%}
        {%- do batching.log_batches(model_name, batches) -%}
        {%- do store_raw_result('main', message='DRY RUN ' ~ batches | length ~ ' batches', code='SELECT', rows_affected=0) -%}
        {{ return({'relations': [target_relation]}) }}
    {%- endif -%}

    {%- do batching.assert_batches_within_guard(model_name, batches) -%}
    {%- set table_number = state['table_number'] | int -%}
    {%- if not is_trusted -%}
        {%- set table_number = table_number + 1 -%}
        {%- do batching.start_batched_table(target_relation, model_name, table_number, code_version, output_sql, columns) -%}
    {%- endif -%}

    {%- set rows_out = namespace(total=0) -%}
    {%- if batches -%}
        {%- set run_number = state['run_number'] | int + 1 -%}
        {%- do batching.queue_batches(model_name, batches, table_number, run_number, code_version) -%}
        {%- set key_types = batches | map(attribute='key_type') | select('string') | unique | list -%}
        {%- set periods = batching.batch_periods(plan, key_types[0]) if key_types else [] -%}
        {%- for batch in batches -%}
            {%- set started_at = batching.batch_clock() -%}
            {%- set rows_written = batching.run_batch(
                target_relation, columns, model_name, batch, periods, table_number, run_number, code_version, started_at
            ) -%}
            {%- set rows_out.total = rows_out.total + rows_written -%}
            {%- do log(
                'batch ' ~ loop.index ~ ' of ' ~ batches | length ~ ' · ' ~ batch['batch_id'] ~ ' · '
                ~ '{:,}'.format(rows_written) ~ (' row · ' if rows_written == 1 else ' rows · ')
                ~ '%.1f' | format((batching.batch_clock() - started_at).total_seconds()) ~ ' s', info=True
            ) -%}
        {%- endfor -%}
    {%- endif -%}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do apply_grants(target_relation, config.get('grants'), should_revoke=is_trusted) -%}
    {%- do persist_docs(target_relation, model) -%}
    {%- do batching.batch_commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {%- do store_raw_result(
        'main',
        message=batches | length ~ ' of ' ~ pending | length ~ ' pending batches',
        code='INSERT',
        rows_affected=rows_out.total,
    ) -%}
    {{ return({'relations': [target_relation]}) }}
{% endmacro %}

{#- The rows of a batch as they go to the table, batch_id last. -#}
{% macro batched_output(batch_query, batch_id='') -%}
    select
        batch_rows.*,
        cast({{ batching.batch_literal(batch_id) }} as {{ dbt.type_string() }}) as batch_id
    from (
        {{ batch_query }}
    ) as batch_rows
{%- endmacro %}

{#- Names and types of the columns of a query, in order: a list of (name, type). -#}
{% macro batch_described_columns(query) %}
    {%- set described = [] -%}
    {%- for row in adapter.dispatch('batch_describe', 'batching')(query).rows -%}
        {%- do described.append([row[0], row[1]]) -%}
    {%- endfor -%}
    {{ return(described) }}
{% endmacro %}

{% macro default__batch_describe(query) %}
    {{ return(run_query('describe select * from (\n' ~ query ~ '\n) as described')) }}
{% endmacro %}

{% macro spark__batch_describe(query) %}
    {{ return(run_query('describe query select * from (\n' ~ query ~ '\n) as described')) }}
{% endmacro %}

{#- Whether the table is there and has these columns, in any order. -#}
{% macro batch_table_has_columns(columns) %}
    {%- set existing_relation = load_relation(this) -%}
    {%- if existing_relation is none or not existing_relation.is_table -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set existing_columns = batching.batch_described_columns('select * from ' ~ existing_relation) -%}
    {{ return(existing_columns | sort == columns | sort) }}
{% endmacro %}

{#- Starts the table anew, empty, and says so in the ledger before the old rows go. -#}
{% macro start_batched_table(target_relation, model_name, table_number, code_version, output_sql, columns) %}
    {%- set created = batching.batch_rows(batching.batch_ledger_columns(), [{
        'model': batching.batch_literal(model_name),
        'invocation_id': batching.batch_literal(invocation_id),
        'code_version': batching.batch_literal(code_version),
        'reason': batching.batch_literal('full refresh' if should_full_refresh() else 'new table'),
        'status': batching.batch_literal('created'),
        'table_number': table_number,
        'started_at': batching.batch_literal(batching.batch_clock()),
        'finished_at': batching.batch_literal(batching.batch_clock()),
    }]) -%}
    {%- do batching.batch_append(batching.batch_ledger(), created) -%}
    {%- set existing_relation = load_relation(this) -%}
    {%- if existing_relation is not none -%}
        {%- do adapter.drop_relation(existing_relation) -%}
    {%- endif -%}
    {%- do adapter.dispatch('create_batched_table', 'batching')(target_relation, output_sql) -%}
    {%- do adapter.cache_added(target_relation) if adapter.cache_added is defined -%}
    {%- do batching.batch_commit() -%}
{% endmacro %}

{% macro default__create_batched_table(target_relation, output_sql) %}
    {%- if config.get('contract').enforced -%}
        {%- do get_assert_columns_equivalent(output_sql) -%}
    {%- endif -%}
    {%- call statement('create', auto_begin=True) -%}
    create table {{ target_relation }}
    {%- if config.get('contract').enforced %}
    {{ get_table_columns_and_constraints() }}
    {%- else %}
    as
    select *
    from (
        {{ output_sql }}
    ) as batched_rows
    where 1 = 0
    {%- endif -%}
    {%- endcall -%}
{% endmacro %}

{% macro spark__create_batched_table(target_relation, output_sql) %}
    {%- if config.get('contract').enforced -%}
        {%- do get_assert_columns_equivalent(output_sql) -%}
    {%- endif -%}
    {%- call statement('create') -%}
    create table {{ target_relation }}
    using parquet
    partitioned by (batch_id)
    {{ location_clause() }}
    as
    select *
    from (
        {{ output_sql }}
    ) as batched_rows
    where 1 = 0
    {%- endcall -%}
{% endmacro %}

{#- Writes what this run is about to do, in order. -#}
{% macro queue_batches(model_name, batches, table_number, run_number, code_version) %}
    {%- set rows = [] -%}
    {%- for batch in batches -%}
        {%- set values = batching.batch_identity(model_name, batch, table_number, run_number, code_version) -%}
        {%- do values.update({'batch_number': loop.index, 'queued_at': batching.batch_literal(batching.batch_clock())}) -%}
        {%- do rows.append(values) -%}
    {%- endfor -%}
    {%- do batching.batch_append(batching.batch_queue(), batching.batch_rows(batching.batch_queue_columns(), rows)) -%}
    {%- do batching.batch_commit() -%}
{% endmacro %}

{#- What the ledger and the queue both say about a batch, as SQL expressions. -#}
{% macro batch_identity(model_name, batch, table_number, run_number, code_version) %}
    {{ return({
        'model': batching.batch_literal(model_name),
        'batch_id': batching.batch_literal(batch['batch_id']),
        'invocation_id': batching.batch_literal(invocation_id),
        'batch_by': batching.batch_literal(batch['batch_by']),
        'batch_start': batching.batch_literal(batch['batch_start']),
        'batch_end': batching.batch_literal(batch['batch_end']),
        'fingerprint': batching.batch_literal(batch['fingerprint']),
        'code_version': batching.batch_literal(code_version),
        'reason': batching.batch_literal(batch['reason']),
        'table_number': table_number,
        'run_number': run_number,
        'attempt_number': batch['attempt_number'] | int,
        'rows_in': batch['rows_in'] | int,
        'bytes_in': 'null' if batch['bytes_in'] is none else batch['bytes_in'] | int,
        'control_amount_in': 'null' if batch['control_amount_in'] is none else batch['control_amount_in'],
    }) }}
{% endmacro %}

{#- Replaces the rows of one batch and records it. Returns the number of rows it has now. -#}
{% macro run_batch(target_relation, columns, model_name, batch, periods, table_number, run_number, code_version, started_at) %}
    {%- set rows_sql = none -%}
    {%- if batch['reason'] != 'emptied' -%}
        {%- set rows_sql = batching.batched_output(batching.batch_sql(sql, batch, periods), batch['batch_id']) -%}
    {%- endif -%}
    {%- do adapter.dispatch('replace_batch', 'batching')(target_relation, columns, batch['batch_id'], rows_sql) -%}

    {%- set counted = adapter.dispatch('batch_counts', 'batching')(target_relation, batch['batch_id']) -%}
    {%- set values = batching.batch_identity(model_name, batch, table_number, run_number, code_version) -%}
    {%- do values.update({
        'status': batching.batch_literal('emptied' if batch['reason'] == 'emptied' else 'done'),
        'rows_out': counted['rows_out'] | int,
        'rows_set_aside': counted['rows_set_aside'] | int,
        'control_amount_out': 'null' if counted['control_amount_out'] is none else counted['control_amount_out'],
        'control_amount_set_aside':
            'null' if counted['control_amount_set_aside'] is none else counted['control_amount_set_aside'],
        'started_at': batching.batch_literal(started_at),
        'finished_at': batching.batch_literal(batching.batch_clock()),
    }) -%}
    {%- do batching.batch_append(batching.batch_ledger(), batching.batch_rows(batching.batch_ledger_columns(), [values])) -%}
    {%- do batching.batch_commit() -%}
    {{ return(counted['rows_out'] | int + counted['rows_set_aside'] | int) }}
{% endmacro %}

{#- In the transaction that the ledger's row ends. -#}
{% macro default__replace_batch(target_relation, columns, batch_id, rows_sql) %}
    {%- set names = columns | map('first') | map('tojson') | join(', ') -%}
    {%- call statement('delete_batch', auto_begin=True) -%}
    delete from {{ target_relation }}
    where batch_id = {{ batching.batch_literal(batch_id) }}
    {%- endcall -%}
    {%- if rows_sql is not none -%}
        {%- call statement('insert_batch', auto_begin=True) -%}
        insert into {{ target_relation }} ({{ names }})
        select {{ names }}
        from (
            {{ rows_sql }}
        ) as batched_rows
        {%- endcall -%}
    {%- endif -%}
{% endmacro %}

{#- The partition is named, so it is replaced even when the batch has no rows. -#}
{% macro spark__replace_batch(target_relation, columns, batch_id, rows_sql) %}
    {%- if rows_sql is none -%}
        {%- call statement('drop_batch') -%}
        alter table {{ target_relation }} drop if exists partition (batch_id = {{ batching.batch_literal(batch_id) }})
        {%- endcall -%}
    {%- else -%}
        {%- call statement('insert_batch') -%}
        insert overwrite table {{ target_relation }} partition (batch_id = {{ batching.batch_literal(batch_id) }})
        select {% for column in columns[:-1] %}`{{ column[0] }}`{{ ', ' if not loop.last }}{% endfor %}
        from (
            {{ rows_sql }}
        ) as batched_rows
        {%- endcall -%}
    {%- endif -%}
{% endmacro %}

{#- Rows and control amounts of one batch of the table. -#}
{% macro default__batch_counts(target_relation, batch_id) %}
    {%- set set_aside = config.get('batch_set_aside') -%}
    {%- set is_set_aside = 'coalesce((' ~ set_aside ~ '), false)' if set_aside else 'false' -%}
    {%- set amount = config.get('batch_amount', 'null') -%}
    {%- set query -%}
    select
        coalesce(sum(case when {{ is_set_aside }} then 0 else 1 end), 0) as rows_out,
        coalesce(sum(case when {{ is_set_aside }} then 1 else 0 end), 0) as rows_set_aside,
        cast(sum(case when not {{ is_set_aside }} then {{ amount }} end) as decimal(38, 6)) as control_amount_out,
        cast(sum(case when {{ is_set_aside }} then {{ amount }} end) as decimal(38, 6)) as control_amount_set_aside
    from {{ target_relation }}
    where batch_id = {{ batching.batch_literal(batch_id) }}
    {%- endset -%}
    {{ return(run_query(query).rows[0]) }}
{% endmacro %}

{#- One line per batch that would run. -#}
{% macro log_batches(model_name, batches) %}
    {%- do log(model_name ~ ': ' ~ batches | length ~ (' batch' if batches | length == 1 else ' batches') ~ ' to run', info=True) -%}
    {%- for batch in batches -%}
        {%- do log(
            '    ' ~ batch['batch_id'] ~ ' · ' ~ batch['reason'] ~ ' · ' ~ '{:,}'.format(batch['rows_in'] | int)
            ~ (' row' if batch['rows_in'] == 1 else ' rows')
            ~ (' · ' ~ '{:,}'.format(batch['bytes_in'] | int) ~ ' bytes' if batch['bytes_in'] is not none else ''),
            info=True
        ) -%}
    {%- endfor -%}
{% endmacro %}
