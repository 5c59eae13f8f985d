{#- The size of an amount that is not zero: the power of two at or below it. -#}
{% macro amount_size(amount) -%}
    cast(floor(ln(cast(abs({{ amount }}) as double)) / ln(cast(2 as double))) as integer)
{%- endmacro %}

{#- How round an amount is: the zeros that end it, in thousandths of its currency's unit. 12.50 has 2, 1,000.00 has
    6. -#}
{% macro amount_roundness(amount) -%}
    {%- set thousandths = "cast(cast(abs(" ~ amount ~ ") * 1000 as decimal(38, 0)) as string)" -%}
    (length({{ thousandths }}) - length(trim(trailing '0' from {{ thousandths }})))
{%- endmacro %}
