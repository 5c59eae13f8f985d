-- Business days of the month without a statement, and movements that no line explains.
select
    gap_kind,
    from_on,
    to_on,
    business_day_count,
    currency,
    amount,
    statement_id_before,
    statement_id_after
from marts.fct_statement_gaps
where
    account_id = getvariable('account_id')
    and from_on <= getvariable('as_of')
    and to_on >= getvariable('month_start')
order by from_on, gap_kind
