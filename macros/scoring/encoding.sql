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

{#- A categorical as its place in a list, from 0; null for a value that the list does not hold. -#}
{% macro ordinal_encoded(expression, values) -%}
    case {{ expression }}
        {%- for value in values %}
        when '{{ value }}' then {{ loop.index0 }}
        {%- endfor %}
    end
{%- endmacro %}

{#- A categorical as one 0 or 1 column per value, named prefix_value. A value that the list does not hold is 0 in all. -#}
{% macro one_hot_encoded(expression, values, prefix) -%}
    {%- for value in values %}
    case when {{ expression }} = '{{ value }}' then 1 else 0 end as {{ prefix }}_{{ value }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
