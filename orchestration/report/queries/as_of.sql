select
    as_of_on,
    bool_and(is_closed) as is_closed,
    (
        select max(closed.as_of_on)
        from marts.fct_bank_reconciliations as closed
        where closed.is_closed
    ) as last_closed_on
from marts.fct_bank_reconciliations
group by as_of_on
order by as_of_on desc
limit 1
