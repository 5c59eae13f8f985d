{#- A value on the scale on which its ordinary noise is the same whatever its size. scale is an expression: count (of
    records: twice the square root, noise 1), share (arcsine, noise 1 over the root of the number of records), size (of
    money or time: logarithm). -#}
{% macro variance_stabilized(observed, scale) -%}
    case {{ scale }}
        when 'count' then 2 * sqrt({{ observed }} + 0.375)
        when 'share' then 2 * asin(sqrt({{ observed }}))
        else ln(greatest({{ observed }}, 0.001))
    end
{%- endmacro %}

{#- Back from the scale of variance_stabilized; what lies outside it is its end. -#}
{% macro variance_restored(scaled, scale) -%}
    case {{ scale }}
        when 'count' then greatest(power(greatest({{ scaled }}, 0) / 2, 2) - 0.375, 0)
        when 'share' then power(sin(least(greatest({{ scaled }}, 0), pi()) / 2), 2)
        else exp({{ scaled }})
    end
{%- endmacro %}

{#- The noise that counting alone makes on the scale of variance_stabilized; for sizes, a tenth. -#}
{% macro counting_noise(scale, record_count) -%}
    case {{ scale }}
        when 'count' then 1.0
        when 'share' then 1.0 / sqrt({{ record_count }})
        else 0.1
    end
{%- endmacro %}

{#- The standard deviation of a normal distribution whose median absolute deviation this is. -#}
{% macro spread_of_deviation(deviation) -%}
    1.4826 * {{ deviation }}
{%- endmacro %}

{#- A number as text with so many decimals. -#}
{% macro text_of_decimal(number, decimals) -%}
    cast(cast({{ number }} as decimal(28, {{ decimals }})) as {{ dbt.type_string() }})
{%- endmacro %}

{#- A value of a metric as an accountant reads it. -#}
{% macro observed_text(observed, scale) -%}
    case {{ scale }}
        when 'count' then {{ text_of_decimal(observed, 0) }}
        when 'share' then concat({{ text_of_decimal('100 * ' ~ observed, 0) }}, ' %')
        else {{ text_of_decimal(observed, 2) }}
    end
{%- endmacro %}

{#- The median of a sorted list of numbers. count: how many they are, at least one. -#}
{% macro median_of_sorted(list, count) -%}
    {%- set lower = element_of(list, 'cast(floor((' ~ count ~ ' + 1) / 2) as integer)') -%}
    {%- set upper = element_of(list, 'cast(floor(' ~ count ~ ' / 2) as integer) + 1') -%}
    {{ lower }} + ({{ upper }} - {{ lower }}) / 2
{%- endmacro %}
