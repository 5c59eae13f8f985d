-- The statements that count in the month: their file, whether they add up, and whether they follow one another.
select
    statements.period_start_on,
    statements.period_end_on,
    statements.file_path,
    statements.file_hash,
    statements.statement_id,
    statements.statement_reference,
    statements.currency,
    statements.line_count,
    statements.opening_source,
    statements.opening_balance,
    statements.movements,
    statements.closing_balance,
    statements.proof_difference,
    statements.previous_closing_balance,
    statements.gap_to_previous_closing,
    statements.is_proved,
    statements.other_balances,
    statements.rows_left_out
from account_statements as statements
order by
    statements.period_start_on,
    statements.period_end_on,
    statements.sequence_number nulls first,
    statements.page_number nulls first,
    statements.file_path,
    statements.statement_number,
    statements.statement_id
