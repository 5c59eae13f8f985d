{#- A date and so many days. -#}
{% macro days_later(date_expression, days) -%}
    cast({{ dbt.dateadd('day', days, date_expression) }} as date)
{%- endmacro %}

{#- 0 on Monday to 6 on Sunday; 1900-01-01 was a Monday. -#}
{% macro day_of_week(date_expression) -%}
    mod({{ days_between("cast('1900-01-01' as date)", date_expression) }}, 7)
{%- endmacro %}

{#- Mondays to Fridays from one date to another, half-open. -#}
{% macro weekdays_between(from_on, before_on) -%}
    cast({{ weekdays_until(before_on) }} - {{ weekdays_until(from_on) }} as integer)
{%- endmacro %}

{#- Mondays to Fridays from 1900-01-01 to a date, half-open. -#}
{% macro weekdays_until(date_expression) -%}
    {%- set days = days_between("cast('1900-01-01' as date)", date_expression) -%}
    (5 * cast(({{ days }} - mod({{ days }}, 7)) / 7 as integer) + least(mod({{ days }}, 7), 5))
{%- endmacro %}

{#- Workweeks that end in a half-open span, by the weekday on which they begin (1 is Monday). -#}
{% macro weeks_ending_between(from_on, before_on, workweek_starts_on) -%}
    cast(
        {{ weeks_ended_before(before_on, workweek_starts_on) }} - {{ weeks_ended_before(from_on, workweek_starts_on) }}
        as integer
    )
{%- endmacro %}

{#- Workweeks from 1900-01-01 on that end before a date. -#}
{% macro weeks_ended_before(date_expression, workweek_starts_on) -%}
    {%- set days -%}
        ({{ days_between("cast('1900-01-01' as date)", date_expression) }} + 1 - {{ workweek_starts_on }})
    {%- endset -%}
    cast(({{ days }} - mod({{ days }}, 7)) / 7 as integer)
{%- endmacro %}

{#- True where a row is in force on a date: effective_on is inclusive, effective_before_on exclusive or null. -#}
{% macro in_force(row, date_expression) -%}
    {{ row }}.effective_on <= {{ date_expression }}
    and {{ date_expression }} < coalesce({{ row }}.effective_before_on, cast('9999-01-01' as date))
{%- endmacro %}
