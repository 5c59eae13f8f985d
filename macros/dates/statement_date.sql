{#- The date on which a line counts in its statement's balance: its booking date, moved into the
    statement's period where a bank back-dates an entry or books it past the closing date. -#}
{% macro statement_date(line, statement) -%}
    least(
        greatest({{ line }}.booked_on, {{ statement }}.period_start_on),
        {{ statement }}.closing_on
    )
{%- endmacro %}
