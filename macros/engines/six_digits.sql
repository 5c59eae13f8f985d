{#- A floating-point number as decimal(18, 6), the same on every engine. Where its seventh digit is a five and nothing
    follows, the last bit of the calculation would decide, and engines differ in it; at nine digits they agree. -#}
{% macro six_digits(number) -%}
    cast(cast({{ number }} as decimal(28, 9)) as decimal(18, 6))
{%- endmacro %}
