{#- The rows of a Parquet file that a test writes. -#}
{% macro input_rows(name) -%}
    {{ return(adapter.dispatch('input_rows')(env_var('BATCHING_DATA') ~ '/' ~ name ~ '.parquet')) }}
{%- endmacro %}

{% macro duckdb__input_rows(path) -%}
    read_parquet('{{ path }}')
{%- endmacro %}

{% macro spark__input_rows(path) -%}
    parquet.`{{ path }}`
{%- endmacro %}
