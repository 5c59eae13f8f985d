{#- The grain of the batches that clean lines: var line_batch_grain, or what suits the engine. -#}
{% macro line_batch_grain() -%}
    {{ return(var('line_batch_grain') or ('day' if target.type == 'duckdb' else 'month')) }}
{%- endmacro %}
