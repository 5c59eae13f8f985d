{#- The first day of each pay group behind its last pay period, and the day on which the next one would be over: until
    then the period may still be delivered, and nothing of its days is missing. -#}
{% macro calendars() -%}
    select
        pay_group,
        max(ends_before_on) as ends_before_on,
        max({{ days_later(
            'ends_before_on',
            "case frequency when 'weekly' then 7 when 'biweekly' then 14 when 'semimonthly' then 16 else 31 end"
        ) }}) as next_ends_before_on
    from {{ ref('int_pay_periods') }}
    where has_days
    group by pay_group
{%- endmacro %}

{#- Whether a day without a pay period is one that nobody will pay: before the end of the calendar of its group, or when
    the next period should have been delivered. calendars: a relation of calendars(), left joined. -#}
{% macro is_day_unpaid(day, today) -%}
    (
        calendars.pay_group is null
        or {{ day }} < calendars.ends_before_on
        or coalesce({{ today }} >= calendars.next_ends_before_on, true)
    )
{%- endmacro %}
