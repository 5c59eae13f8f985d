{#- The table ops.node_states says of every seed, model, snapshot and data test what the warehouse holds of it:

    one row per node, with its domain and the status of its last run, or `pending` when it, or something it depends on,
    was built again and it was not, and which rules rows broke. A run that is killed leaves its nodes pending; a test that
    TIEOUT_DATA_TESTS leaves out is `left out`. `tieout publish` reads it. -#}
{% macro node_states() %}
    {{ return(batching.batch_operations_relation('node_states')) }}
{% endmacro %}

{#- Called on run start: what is about to run, and what depends on it, becomes pending. -#}
{% macro open_node_states() %}
    {%- if execute -%}
        {%- set columns = node_states_columns() -%}
        {%- do run_query('create schema if not exists ' ~ node_states().without_identifier()) -%}
        {%- do run_query(node_states_ddl(columns)) -%}
        {%- set known = {} -%}
        {%- for row in run_query('select * from ' ~ node_states()).rows -%}
            {%- do known.update({row['node_id']: row}) -%}
        {%- endfor -%}
        {#- dbt makes each node a dictionary again whenever it is asked for. -#}
        {%- set nodes = graph.nodes.values() | list -%}
        {%- set pending = nodes_downstream_of(selected_resources, nodes) -%}
        {%- set domains = node_domains(nodes) -%}
        {%- set unproved = 'left out' if env_var('TIEOUT_DATA_TESTS', '') == 'off' else 'pending' -%}
        {%- set rows = [] -%}
        {%- for node in nodes
            if node.resource_type in ['seed', 'model', 'snapshot', 'test']
            and node.config.materialized != 'ephemeral' -%}
            {%- set last = none if node.unique_id in pending else known.get(node.unique_id) -%}
            {%- set status = last['status'] if last else 'pending' -%}
            {%- do rows.append({
                'node_id': node.unique_id,
                'resource_type': node.resource_type,
                'schema_name': node.schema,
                'table_name': node.alias,
                'domain': domains[node.unique_id],
                'status': unproved if status == 'pending' and node.resource_type == 'test' else status,
                'broken_rules': last.get('broken_rules') if last else none,
                'invocation_id': last['invocation_id'] if last else invocation_id,
            }) -%}
        {%- endfor -%}
        {%- do replace_node_states(columns, rows) -%}
    {%- endif -%}
{% endmacro %}

{#- The statement that makes the table where it is missing. -#}
{% macro node_states_ddl(columns) -%}
    {{ return(adapter.dispatch('node_states_ddl')(columns)) }}
{%- endmacro %}

{% macro default__node_states_ddl(columns) -%}
    {{ return(batching.default__batch_ledger_ddl(node_states(), columns)) }}
{%- endmacro %}

{% macro spark__node_states_ddl(columns) -%}
    {{ return(batching.default__batch_ledger_ddl(node_states(), columns) ~ ' using parquet') }}
{%- endmacro %}

{#- Makes the table anew, with these rows. -#}
{% macro replace_node_states(columns, rows) -%}
    {{ return(adapter.dispatch('replace_node_states')(columns, rows)) }}
{%- endmacro %}

{% macro default__replace_node_states(columns, rows) -%}
    {%- do run_query('begin') -%}
    {%- do run_query('drop table ' ~ node_states()) -%}
    {%- do run_query(node_states_ddl(columns)) -%}
    {%- if rows -%}
        {%- do run_query('insert into ' ~ node_states() ~ ' ' ~ node_states_rows(columns, rows)) -%}
    {%- endif -%}
    {%- do run_query('commit') -%}
{%- endmacro %}

{#- A run that is killed between the two statements leaves no table, and then nothing counts as built. -#}
{% macro spark__replace_node_states(columns, rows) -%}
    {%- do run_query('drop table ' ~ node_states()) -%}
    {%- do run_query('create table ' ~ node_states() ~ ' using parquet as ' ~ node_states_rows(columns, rows)) -%}
{%- endmacro %}

{#- Called on run end, before the next: a test rows_conform that failed is asked which rules rows break. dbt's own message
    only counts the rows. The answer is printed and stands with the result in run_results.json. -#}
{% macro tell_broken_rules(results) %}
    {%- for result in results
        if result.status in ['fail', 'warn']
        and result.node.test_metadata is defined
        and result.node.test_metadata.name == 'rows_conform' -%}
        {%- set rules = [] -%}
        {%- for rule, columns, row_count in run_query(result.node.compiled_code).rows -%}
            {%- do rules.append(rule ~ ' ' ~ columns ~ ': ' ~ row_count ~ (' row' if row_count == 1 else ' rows')) -%}
        {%- endfor -%}
        {%- do result.adapter_response.update({'broken_rules': rules | join('; ')}) -%}
        {%- do print(result.node.name ~ ': ' ~ rules | join('; ')) -%}
    {%- endfor -%}
{% endmacro %}

{#- Called on run end: what ran gets its status. A run with --empty or --sample proves nothing and leaves them pending. -#}
{% macro close_node_states(results) %}
    {%- if execute and not flags.EMPTY and not flags.SAMPLE -%}
        {%- set columns = {
            'node_id': dbt.type_string(),
            'status': dbt.type_string(),
            'broken_rules': dbt.type_string(),
        } -%}
        {%- set rows = [] -%}
        {%- for result in results -%}
            {%- do rows.append({
                'node_id': result.node.unique_id,
                'status': result.status | string,
                'broken_rules': result.adapter_response.get('broken_rules'),
            }) -%}
        {%- endfor -%}
        {%- if rows -%}
            {%- do update_node_states(columns, rows) -%}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}

{#- Gives the nodes of these rows their status. -#}
{% macro update_node_states(columns, rows) -%}
    {{ return(adapter.dispatch('update_node_states')(columns, rows)) }}
{%- endmacro %}

{% macro default__update_node_states(columns, rows) -%}
    {%- call statement('close_node_states', auto_begin=True) -%}
    update {{ node_states() }} as states
    set status = run.status, broken_rules = run.broken_rules
    from ({{ node_states_rows(columns, rows) }}) as run
    where states.node_id = run.node_id
    {%- endcall -%}
    {%- do batching.batch_commit() -%}
{%- endmacro %}

{#- Parquet takes no update. -#}
{% macro spark__update_node_states(columns, rows) -%}
    {%- set ended = {} -%}
    {%- for row in rows -%}
        {%- do ended.update({row['node_id']: row}) -%}
    {%- endfor -%}
    {%- set states = [] -%}
    {%- for state in run_query('select * from ' ~ node_states()).rows -%}
        {%- do states.append(dict(state.dict(), **ended.get(state['node_id'], {}))) -%}
    {%- endfor -%}
    {%- do replace_node_states(node_states_columns(), states) -%}
{%- endmacro %}

{% macro node_states_columns() %}
    {{ return({
        'node_id': dbt.type_string(),
        'resource_type': dbt.type_string(),
        'schema_name': dbt.type_string(),
        'table_name': dbt.type_string(),
        'domain': dbt.type_string(),
        'status': dbt.type_string(),
        'broken_rules': dbt.type_string(),
        'invocation_id': dbt.type_string(),
    }) }}
{% endmacro %}

{#- Rows with these columns as a query. One literal for all of them: a macro call for each of some ten thousand
    values would take seconds of every run. -#}
{% macro node_states_rows(columns, rows) -%}
    {{ return(adapter.dispatch('node_states_rows')(columns, rows)) }}
{%- endmacro %}

{% macro default__node_states_rows(columns, rows) -%}
    select unnest(from_json({{ batching.batch_literal(tojson(rows)) }}, {{ batching.batch_literal(tojson([columns])) }}), recursive := true)
{%- endmacro %}

{% macro spark__node_states_rows(columns, rows) -%}
    {%- set fields = [] -%}
    {%- for name, data_type in columns.items() -%}
        {%- do fields.append(name ~ ': ' ~ data_type) -%}
    {%- endfor -%}
    select inline(from_json({{ batching.batch_literal(tojson(rows)) }}, 'array<struct<{{ fields | join(', ') }}>>'))
{%- endmacro %}

{#- The domain of every node by its id, as the selectors of the night's steps have it: payroll and operations are the
    groups of these names and what reads them, the bank is all else. nodes: all of the graph. -#}
{% macro node_domains(nodes) %}
    {%- set domains = {} -%}
    {%- for node in nodes -%}
        {%- do domains.update({node.unique_id: 'bank'}) -%}
    {%- endfor -%}
    {%- for domain in ['payroll', 'operations'] -%}
        {%- set grouped = nodes | selectattr('config.group', 'equalto', domain) | map(attribute='unique_id') -%}
        {%- for node_id in nodes_downstream_of(grouped | list, nodes) -%}
            {%- do domains.update({node_id: domain}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(domains) }}
{% endmacro %}

{#- Ids of the given nodes and of all that depend on them, as keys of a dictionary. nodes: all of the graph. -#}
{% macro nodes_downstream_of(node_ids, nodes) %}
    {%- set found = {} -%}
    {%- for node_id in node_ids -%}
        {%- do found.update({node_id: true}) -%}
    {%- endfor -%}
    {%- set passes = namespace(added=true) -%}
    {%- for number in range(nodes | length) if passes.added -%}
        {%- set passes.added = false -%}
        {%- for node in nodes if node.unique_id not in found -%}
            {%- for parent in node.depends_on.nodes if parent in found and node.unique_id not in found -%}
                {%- do found.update({node.unique_id: true}) -%}
                {%- set passes.added = true -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}
