{#- The logarithm of a positive number to a base: equal ratios become equal steps. -#}
{% macro log_scaled(expression, base=2) -%}
    ln(cast({{ expression }} as double)) / ln(cast({{ base }} as double))
{%- endmacro %}

{#- A number scaled to 0 to 1 between declared bounds, and held there outside them. -#}
{% macro min_max_scaled(expression, lowest, highest) -%}
    least(greatest((cast({{ expression }} as double) - {{ lowest }}) / ({{ highest }} - {{ lowest }}), 0), 1)
{%- endmacro %}

{#- How much a value tells that so many of a pool's items share: log2 of items to items that have it, in bits. -#}
{% macro rarity_bits(frequency, items) -%}
    cast(round({{ log_scaled('cast(' ~ items ~ ' as double) / ' ~ frequency) }}, 3) as decimal(9, 3))
{%- endmacro %}
