-- One row per day of the span on which a format alone has a statement, or on which both have a closing balance and they
-- differ.
with span_days as (

    select cast(days.range as date) as date_on
    from range(getvariable('from_on'), getvariable('to_on'), interval 1 day) as days

),

covered as (

    select
        span_days.date_on,
        coalesce(bool_or(not deliveries.is_new), false) as is_in_old,
        coalesce(bool_or(deliveries.is_new), false) as is_in_new,
        list_sort(list_distinct(list(shown_amount(deliveries.closing_balance)) filter (
            where not deliveries.is_new and deliveries.last_covered_on = span_days.date_on
            and deliveries.closing_balance is not null
        ))) as old_closings,
        list_sort(list_distinct(list(shown_amount(deliveries.closing_balance)) filter (
            where deliveries.is_new and deliveries.last_covered_on = span_days.date_on
            and deliveries.closing_balance is not null
        ))) as new_closings
    from span_days
    left join deliveries
        on span_days.date_on between deliveries.first_covered_on and deliveries.last_covered_on
    group by span_days.date_on

)

select
    date_on,
    is_in_old,
    is_in_new,
    old_closings,
    new_closings
from covered
order by date_on;
