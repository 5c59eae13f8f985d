{#- Sum of one set of at most 8 candidates: columns sets.has_1 to sets.has_8 say which of the candidates, in columns
    targets.amount_<place> from first_place on, are in the set. -#}
{% macro sum_of_set(first_place) -%}
    {%- for place in range(8) %}
    case when sets.has_{{ place + 1 }} then targets.amount_{{ first_place + place }} else 0 end
    {{- ' +' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- Columns has_1 to has_8: whether the n-th binary digit of a number is one. -#}
{% macro members_of_set(set_number) -%}
    {%- for place in range(8) %}
    mod(cast(floor({{ set_number }} / {{ 2 ** place }}) as integer), 2) = 1 as has_{{ place + 1 }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- The amounts of the candidates of one target side by side: columns amount_1 and so on, zero where there is none. -#}
{% macro amounts_by_place(places) -%}
    {%- for place in range(1, places + 1) %}
    sum(case when place = {{ place }} then amount else 0 end) as amount_{{ place }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
