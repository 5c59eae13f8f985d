{#- Sum of one set of at most 8 candidates: the n-th binary digit of sets.set_number says whether the n-th candidate, in
    columns targets.amount_<place> from first_place on, is in the set. -#}
{% macro sum_of_set(first_place) -%}
    {%- for place in range(8) %}
    case
        when mod(cast(floor(sets.set_number / {{ 2 ** place }}) as integer), 2) = 1 then targets.amount_{{ first_place + place }}
        else 0
    end
    {{- ' +' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
