{#- The bin of a number, as text: bounds are rising lower bounds; below the first one the bin is 'below'. Null has no bin
    and is 'missing'. -#}
{% macro binned(expression, bounds) -%}
    case
        when {{ expression }} is null then 'missing'
        {%- for bound in bounds | reverse %}
        when {{ expression }} >= {{ bound }} then 'from_{{ bound | replace("-", "minus_") | replace(".", "_") }}'
        {%- endfor %}
        else 'below'
    end
{%- endmacro %}
