-- Statements of the month that were delivered and do not count, with the reason.
select
    first_covered_on as period_start_on,
    last_covered_on as period_end_on,
    file_hash,
    statement_id,
    statement_reference,
    disposition,
    currency,
    line_count,
    opening_balance,
    movements,
    closing_balance
from intermediate.int_bank_statements_classified
where
    account_id = getvariable('account_id')
    and disposition <> 'kept'
    and first_covered_on <= getvariable('as_of')
    and last_covered_on >= getvariable('month_start')
order by first_covered_on, last_covered_on, statement_id
