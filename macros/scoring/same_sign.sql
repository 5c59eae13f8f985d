{#- Whether two amounts, neither of them zero, have one sign. Not an equality of two columns: an engine could join every item of
    an account with every other by that. -#}
{% macro same_sign(one, other) -%}
    case when {{ one }} > 0 then {{ other }} > 0 else {{ other }} < 0 end
{%- endmacro %}
