{#- The grain of batches by time: var batch_grain, or on DuckDB the given one; on Spark, where a batch costs seconds, a
    month. -#}
{% macro batch_grain(grain) -%}
    {{ return(var('batch_grain') or (grain if target.type == 'duckdb' else 'month')) }}
{%- endmacro %}
