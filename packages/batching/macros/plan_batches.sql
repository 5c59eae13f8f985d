{#- Prints, for every batched model or for those in models, which batches the next run would do and why, with rows
    and bytes, and the seconds it should take by what the ledger knows of the model. Runs nothing.

    The plans are computed from their queries as they are now, not read from their tables. -#}
{% macro plan_batches(models=none) %}
    {%- do batching.open_batch_ledger() -%}
    {%- for node in graph.nodes.values() | sort(attribute='name')
        if node.resource_type == 'model'
        and node.config.materialized == 'batched'
        and (models is none or node.name in models) -%}
        {%- set model_name = node.schema ~ '.' ~ node.alias -%}
        {%- set compiled_sql = render(node.raw_code) -%}
        {%- set plan = batching.batch_plan_of(model_name, batching.batch_markers(compiled_sql)) -%}
        {%- set state = batching.batch_model_state(model_name) -%}
        {%- set batches = batching.batches_within_bounds(run_query(batching.pending_batches(
            model_name,
            batching.batch_plan_query(node, plan),
            batching.batch_code_version(compiled_sql),
            state['table_number'] > 0,
            node.config.get('batch_rerun_on_new_version', var('batch_rerun_on_new_version', true)),
        )).rows) -%}
        {%- do batching.log_batches(model_name, batches) -%}
        {%- if batches -%}
            {%- do batching.log_batch_estimate(model_name, batches) -%}
        {%- endif -%}
    {%- endfor -%}
{% endmacro %}

{#- The query of the plan that a model names, in brackets. -#}
{% macro batch_plan_query(node, plan) %}
    {%- for plan_id in node.depends_on.nodes if graph.nodes.get(plan_id, {}).get('relation_name') == plan -%}
        {{ return('(\n' ~ render(graph.nodes[plan_id].raw_code) ~ '\n)') }}
    {%- endfor -%}
    {{ return(plan) }}
{% endmacro %}

{#- The seconds that batches should take: as many times the fastest batch so far, or the rows at the model's
    average speed, whichever is more. -#}
{% macro log_batch_estimate(model_name, batches) %}
    {%- set query -%}
    select
        min(seconds) as fastest,
        sum(seconds) / nullif(sum(rows_in), 0) as seconds_per_row
    from (
        {{ batching.batch_runs() }}
    ) as runs
    where
        model = {{ batching.batch_literal(model_name) }}
        and status = 'done'
    {%- endset -%}
    {%- set history = run_query(query).rows[0] -%}
    {%- set rows_in = batches | map(attribute='rows_in') | map('int') | sum -%}
    {%- if history['fastest'] is none -%}
        {%- set estimate = 'no estimate, the model never ran' -%}
    {%- else -%}
        {%- set by_batches = (history['fastest'] | float) * batches | length -%}
        {%- set by_rows = (history['seconds_per_row'] or 0) | float * rows_in -%}
        {%- set estimate = 'about ' ~ '%.1f' | format([by_batches, by_rows] | max) ~ ' s' -%}
    {%- endif -%}
    {%- set sizes = batches | map(attribute='bytes_in') | reject('none') | map('int') | list -%}
    {%- do log(
        '    together ' ~ '{:,}'.format(rows_in) ~ ' rows'
        ~ (' · ' ~ '{:,}'.format(sizes | sum) ~ ' bytes' if sizes else '') ~ ' · ' ~ estimate, info=True
    ) -%}
{% endmacro %}
