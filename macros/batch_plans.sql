{#- Every batch plan: the area it is of, what it cuts, and the batched models that are cut by it. A list, because dbt must
    know what a model reads before there is a graph to ask; a build stops where the graph has a batched model that is not
    in it. -#}
{% macro batch_plans() %}
    {%- set plans = [
        {
            'plan': 'int_bank_line_batches',
            'area': 'bank',
            'cuts': 'bank lines',
            'models': ['int_bank_statement_lines_cleaned'],
        },
        {
            'plan': 'int_journal_line_batches',
            'area': 'bank',
            'cuts': 'journal lines',
            'models': ['int_journal_lines_cleaned'],
        },
        {
            'plan': 'int_closed_match_batches',
            'area': 'bank',
            'cuts': 'closed matches',
            'models': ['int_closed_match_items'],
        },
        {
            'plan': 'int_punch_batches',
            'area': 'payroll',
            'cuts': 'punches',
            'models': ['int_punches_in_order', 'int_punch_pairs', 'int_shift_days', 'int_clock_steps'],
        },
        {
            'plan': 'int_closed_payday_batches',
            'area': 'payroll',
            'cuts': 'closed payslips',
            'models': ['int_closed_payslips', 'int_closed_payslip_lines'],
        },
    ] -%}
    {%- if execute -%}
        {%- set known = plans | map(attribute='models') | sum(start=[]) -%}
        {%- for node in graph.nodes.values()
            if node.resource_type == 'model'
            and node.config.materialized == 'batched'
            and node.name not in known -%}
            {{ exceptions.raise_compiler_error(
                node.name ~ ' is batched, but no plan of batch_plans (macros/batch_plans.sql) names it: its batches'
                ~ ' would be missing in fct_batch_runs and fct_batch_gaps, and its remainder in no control.'
            ) }}
        {%- endfor -%}
    {%- endif -%}
    {{ return(plans) }}
{% endmacro %}
