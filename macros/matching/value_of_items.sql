{#- What an amount without its sign comes to in units as large as a euro or a dollar, which limits of decision_policies
    are in. -#}
{% macro in_large_units(amount, unit_size) -%}
    cast(abs({{ amount }}) / coalesce({{ unit_size }}, 1) as decimal(28, 5))
{%- endmacro %}

{#- What the items of a group come to, in the same units: the larger of its two sides. -#}
{% macro larger_side(items, unit_size) -%}
    greatest(
        coalesce(sum(case when {{ items }}.side = 'bank' then {{ in_large_units(items ~ '.amount', unit_size) }} end), 0),
        coalesce(sum(case when {{ items }}.side = 'ledger' then {{ in_large_units(items ~ '.amount', unit_size) }} end), 0)
    )
{%- endmacro %}
