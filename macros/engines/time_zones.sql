{#- The wall clock of a time zone at a UTC timestamp. -#}
{% macro local_timestamp(utc, time_zone) -%}
    {{ return(adapter.dispatch('local_timestamp', 'tieout')(utc, time_zone)) }}
{%- endmacro %}

{% macro default__local_timestamp(utc, time_zone) -%}
    from_utc_timestamp({{ utc }}, {{ time_zone }})
{%- endmacro %}

{% macro duckdb__local_timestamp(utc, time_zone) -%}
    timezone({{ time_zone }}, timezone('UTC', {{ utc }}))
{%- endmacro %}

{#- The UTC timestamp at which the clock of a time zone shows a local timestamp. -#}
{% macro utc_timestamp(local, time_zone) -%}
    {{ return(adapter.dispatch('utc_timestamp', 'tieout')(local, time_zone)) }}
{%- endmacro %}

{% macro default__utc_timestamp(local, time_zone) -%}
    to_utc_timestamp({{ local }}, {{ time_zone }})
{%- endmacro %}

{% macro duckdb__utc_timestamp(local, time_zone) -%}
    timezone('UTC', timezone({{ time_zone }}, {{ local }}))
{%- endmacro %}

{#- The UTC timestamp at which the workday of a date begins in a time zone, at an hour of its clock. -#}
{% macro day_starts_at(date_expression, time_zone, hour) -%}
    {{ utc_timestamp(dbt.dateadd('hour', hour, 'cast(' ~ date_expression ~ ' as timestamp)'), time_zone) }}
{%- endmacro %}

{#- The date of the workday that a UTC timestamp is in: workdays begin at an hour of the time zone's clock, and have the
    date on which they begin. -#}
{% macro workday(utc, time_zone, hour) -%}
    cast({{ dbt.dateadd('hour', '-' ~ hour, local_timestamp(utc, time_zone)) }} as date)
{%- endmacro %}

{#- Whole seconds from one timestamp to a later one. Fractions of a second are dropped from each, so parts of a span
    add up to the span. -#}
{% macro seconds_between(one, other) -%}
    {{ return(adapter.dispatch('seconds_between', 'tieout')(one, other)) }}
{%- endmacro %}

{% macro default__seconds_between(one, other) -%}
    (unix_timestamp({{ other }}) - unix_timestamp({{ one }}))
{%- endmacro %}

{% macro duckdb__seconds_between(one, other) -%}
    date_diff('second', {{ one }}, {{ other }})
{%- endmacro %}
