{#- The size of an amount that is not zero: the power of two at or below it. -#}
{% macro amount_size(amount) -%}
    cast(floor(ln(cast(abs({{ amount }}) as double)) / ln(cast(2 as double))) as integer)
{%- endmacro %}

{#- How round an amount is: the zeros that end it, in thousandths of its currency's unit. 12.50 has 2, 1,000.00 has
    6. Told by numbers, which costs a tenth of what texts do; an amount whose thousandths a double does not hold has 0. -#}
{% macro amount_roundness(amount) -%}
    {%- set thousandths = "cast(least(round(abs(cast(" ~ amount ~ " as double)) * 1000), 9007199254740991) as bigint)" -%}
    case
        {%- for zeros in range(15) %}
        when mod({{ thousandths }}, {{ 10 ** (zeros + 1) }}) <> 0 then {{ zeros }}
        {%- endfor %}
        else 15
    end
{%- endmacro %}

{#- The largest of 1, 5, 10, 50, 100 and so on thousandths of which an amount is a multiple: of 250.00 and 7,500.00 it is
    50,000, so that sums of such amounts have few values. -#}
{% macro amount_step(amount) -%}
    {%- set thousandths = "cast(least(round(abs(cast(" ~ amount ~ " as double)) * 1000), 9007199254740991) as bigint)" -%}
    cast(
        case
            {%- for zeros in range(15) %}
            when mod({{ thousandths }}, {{ 5 * 10 ** zeros }}) <> 0 then {{ 10 ** zeros }}
            when mod({{ thousandths }}, {{ 10 ** (zeros + 1) }}) <> 0 then {{ 5 * 10 ** zeros }}
            {%- endfor %}
            else {{ 10 ** 15 }}
        end as bigint
    )
{%- endmacro %}
