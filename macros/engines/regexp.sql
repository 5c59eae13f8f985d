{#- Every occurrence of a pattern replaced. DuckDB replaces only the first unless told otherwise; Spark reads a backslash in a
    literal as an escape. replacement: text in
    which $1 stands for what the first group took. -#}
{% macro regexp_replace_all(expression, pattern, replacement) -%}
    {{ return(adapter.dispatch('regexp_replace_all', 'tieout')(expression, pattern, replacement)) }}
{%- endmacro %}

{% macro default__regexp_replace_all(expression, pattern, replacement) -%}
    regexp_replace({{ expression }}, '{{ pattern | replace("\\", "\\\\") }}', '{{ replacement }}')
{%- endmacro %}

{% macro duckdb__regexp_replace_all(expression, pattern, replacement) -%}
    regexp_replace({{ expression }}, '{{ pattern }}', '{{ replacement | replace("$", "\\") }}', 'g')
{%- endmacro %}

{#- Whether a pattern is found in a text. Null when the text is. -#}
{% macro regexp_is_found(expression, pattern) -%}
    {{ return(adapter.dispatch('regexp_is_found', 'tieout')(expression, pattern)) }}
{%- endmacro %}

{% macro default__regexp_is_found(expression, pattern) -%}
    {{ expression }} rlike '{{ pattern | replace("\\", "\\\\") }}'
{%- endmacro %}

{% macro duckdb__regexp_is_found(expression, pattern) -%}
    regexp_matches({{ expression }}, '{{ pattern }}')
{%- endmacro %}

{#- The words of a text separated by single blanks, one row each: stands in a select list. No row when the text is
    null. -#}
{% macro each_word(expression) -%}
    {{ return(adapter.dispatch('each_word', 'tieout')(expression)) }}
{%- endmacro %}

{% macro default__each_word(expression) -%}
    explode(split({{ expression }}, ' '))
{%- endmacro %}

{% macro duckdb__each_word(expression) -%}
    unnest(string_split({{ expression }}, ' '))
{%- endmacro %}

{#- The words of a text separated by single blanks, in alphabetical order. -#}
{% macro words_in_order(expression) -%}
    {{ return(adapter.dispatch('words_in_order', 'tieout')(expression)) }}
{%- endmacro %}

{% macro default__words_in_order(expression) -%}
    array_join(array_sort(split({{ expression }}, ' ')), ' ')
{%- endmacro %}

{% macro duckdb__words_in_order(expression) -%}
    array_to_string(list_sort(string_split({{ expression }}, ' ')), ' ')
{%- endmacro %}
