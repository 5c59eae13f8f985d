{#- A quotient of decimals with twelve decimals, rounded half up. The numerator has at most six decimals and 25 digits
    before them, the denominator is a whole number; zero gives null. A plain division is a float on DuckDB. -#}
{% macro quotient(numerator, denominator) -%}
    {{ return(adapter.dispatch('quotient', 'tieout')(numerator, denominator)) }}
{%- endmacro %}

{% macro default__quotient(numerator, denominator) -%}
    cast(
        cast({{ numerator }} as decimal(32, 6)) / nullif(cast({{ denominator }} as decimal(18, 0)), 0)
        as decimal(38, 12)
    )
{%- endmacro %}

{#- In halves of the last decimal, cut there: the cast to twelve decimals rounds them. -#}
{% macro duckdb__quotient(numerator, denominator) -%}
    cast(
        cast(
            cast(cast({{ numerator }} as decimal(38, 6)) * 1000000 as hugeint) * 2000000
            // nullif(cast({{ denominator }} as hugeint), 0) as decimal(38, 0)
        ) * cast(0.0000000000005 as decimal(13, 13)) as decimal(38, 12)
    )
{%- endmacro %}

{#- An amount in cents, by a method of payroll_rounding. Quotients end at twelve decimals, so a sum of them may fall
    just short of the half cent it stands for: nine decimals come first. -#}
{% macro rounded(expression, method) -%}
    {%- set exact -%} round({{ expression }}, 9) {%- endset -%}
    cast(
        case {{ method }}
            when 'half_up' then round({{ exact }}, 2)
            when 'down' then sign({{ expression }}) * floor(abs({{ exact }}) * 100) * 0.01
        end as decimal(28, 5)
    )
{%- endmacro %}

{#- Hours from seconds, to show: pay is calculated from the seconds. Whole seconds are ninths of the last decimal, never
    half of it, so a float rounds them rightly; the exact quotient costs fifty times as much. -#}
{% macro hours_of(seconds) -%}
    cast(round(cast({{ seconds }} as double) / 3600, 5) as decimal(18, 5))
{%- endmacro %}
