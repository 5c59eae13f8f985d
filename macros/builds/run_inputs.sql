{#- The table ops.run_inputs says what each run of dbt read beside what it built: one row per run and input, with the
    input's fingerprint (orchestration/warehouse/inputs.py), for the runs that ops.node_states names, and this one. A
    night builds what read something else. Called on run start. -#}
{% macro open_run_inputs() %}
    {%- if execute and target.type == 'duckdb' -%}
        {%- set columns = {
            'invocation_id': dbt.type_string(), 'name': dbt.type_string(), 'fingerprint': dbt.type_string()
        } -%}
        {%- set inputs = batching.batch_operations_relation('run_inputs') -%}
        {%- do run_query(batching.batch_ledger_ddl(inputs, columns)) -%}
        {%- do run_query('begin') -%}
        {%- do run_query(
            'delete from ' ~ inputs ~ ' where invocation_id not in (select invocation_id from ' ~ node_states() ~ ')'
        ) -%}
        {%- do run_query(
            "insert into " ~ inputs ~ " select '" ~ invocation_id ~ "', name, fingerprint from python.run_inputs"
        ) -%}
        {%- do run_query('commit') -%}
    {%- endif -%}
{% endmacro %}
