-- What is recorded of the closes of the month's dates, and of the first one at or after its end.
select * exclude (load_id)
from staging.stg_closes__closes
where
    closed_on >= getvariable('month_start')
    and closed_on <= coalesce(
        (
            select min(later.closed_on)
            from staging.stg_closes__closes as later
            where later.closed_on >= getvariable('as_of')
        ),
        getvariable('as_of')
    )
order by closed_at, close_id
