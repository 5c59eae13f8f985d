{#- How often each digit stands in an amount, zeros apart: the same for amounts whose digits were exchanged. -#}
{% macro digits_of_amount(expression) -%}
    {%- set text = 'cast(' ~ expression ~ ' as string)' -%}
    {%- for digit in range(1, 10) %}
    cast(length({{ text }}) - length(replace({{ text }}, '{{ digit }}', '')) as string)
    {%- if not loop.last %} || {% endif %}
    {%- endfor %}
{%- endmacro %}

{#- Whether two digits of an amount changed places to make another, both having the same digits: a ninth of the difference
    is one digit, or one digit again and again, beside zeros. -#}
{% macro two_digits_exchanged(difference) -%}
    {%- set ninth = regexp_replace_all('cast(cast(' ~ difference ~ ' / 9 as decimal(28, 5)) as string)', '[-0.]', '') -%}
    replace({{ ninth }}, left({{ ninth }}, 1), '') = ''
{%- endmacro %}
