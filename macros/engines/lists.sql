{#- What a list of rows comes to, one row after another: for what depends on many results before it, which no window can
    say. Within step, so_far is what came out until now and request the row. The arrow is DuckDB's older way to write a
    lambda; the newer one sqlfluff cannot parse. -#}
{% macro fold(rows, start, step) -%}
    {{ return(adapter.dispatch('fold', 'tieout')(rows, start, step)) }}
{%- endmacro %}

{% macro default__fold(rows, start, step) -%}
    aggregate({{ rows }}, {{ start }}, (so_far, request) -> {{ step }})
{%- endmacro %}

{% macro duckdb__fold(rows, start, step) -%}
    list_reduce({{ rows }}, (so_far, request) -> {{ step }}, {{ start }})
{%- endmacro %}

{#- A struct. fields: expressions by name. -#}
{% macro struct_of(fields) -%}
    {{ return(adapter.dispatch('struct_of', 'tieout')(fields)) }}
{%- endmacro %}

{% macro default__struct_of(fields) -%}
    named_struct({% for name, expression in fields.items() %}'{{ name }}', {{ expression }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro duckdb__struct_of(fields) -%}
    struct_pack({% for name, expression in fields.items() %}{{ name }} := {{ expression }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{#- The element of a list at a number from 1 on; null where the number is. -#}
{% macro element_of(list, number) -%}
    {{ return(adapter.dispatch('element_of', 'tieout')(list, number)) }}
{%- endmacro %}

{% macro default__element_of(list, number) -%}
    element_at({{ list }}, {{ number }})
{%- endmacro %}

{% macro duckdb__element_of(list, number) -%}
    list_extract({{ list }}, {{ number }})
{%- endmacro %}

{#- A list of amounts that holds none yet. -#}
{% macro no_amounts() -%}
    {{ return(adapter.dispatch('no_amounts', 'tieout')()) }}
{%- endmacro %}

{% macro default__no_amounts() -%}
    cast(array() as array<decimal(28, 5)>)
{%- endmacro %}

{% macro duckdb__no_amounts() -%}
    cast([] as decimal(28, 5)[])
{%- endmacro %}

{#- The list of what comes of each element of a list; expression speaks of it as each_value. -#}
{% macro list_of(list, expression) -%}
    {{ return(adapter.dispatch('list_of', 'tieout')(list, expression)) }}
{%- endmacro %}

{% macro default__list_of(list, expression) -%}
    transform({{ list }}, each_value -> {{ expression }})
{%- endmacro %}

{% macro duckdb__list_of(list, expression) -%}
    list_transform({{ list }}, each_value -> {{ expression }})
{%- endmacro %}
