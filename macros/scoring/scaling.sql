{#- The logarithm of a positive number to a base: equal ratios become equal steps. -#}
{% macro log_scaled(expression, base=2) -%}
    ln(cast({{ expression }} as double)) / ln(cast({{ base }} as double))
{%- endmacro %}

{#- How much a value tells that so many of a pool's items share: log2 of items to items that have it, in bits. -#}
{% macro rarity_bits(frequency, items) -%}
    cast(round({{ log_scaled('cast(' ~ items ~ ' as double) / ' ~ frequency) }}, 3) as decimal(9, 3))
{%- endmacro %}
