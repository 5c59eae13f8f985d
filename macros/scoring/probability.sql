{#- The odds of a match weight: 2 to its power. Weights beyond 60 either way change no probability of six decimals. -#}
{% macro odds_of_weight(expression) -%}
    exp(least(greatest(cast({{ expression }} as double), -60), 60) * ln(cast(2 as double)))
{%- endmacro %}

{#- The probability of a match weight, to six decimals. -#}
{% macro probability_of_weight(expression) -%}
    cast(round(1 / (1 + {{ odds_of_weight('-(' ~ expression ~ ')') }}), 6) as decimal(9, 6))
{%- endmacro %}
