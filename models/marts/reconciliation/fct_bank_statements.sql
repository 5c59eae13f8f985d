with statements as (

    select * from {{ ref('int_bank_statements_proved') }}

)

select
    statement_id,
    account_id,
    file_hash,
    load_id,
    file_path,
    currency,
    statement_reference,
    opening_source,
    other_balances,
    rows_left_out,
    sequence_number,
    page_number,
    statement_number,
    line_number,
    line_count,
    opening_balance,
    movements,
    closing_balance,
    proof_difference,
    previous_closing_balance,
    gap_to_previous_closing,
    is_proved,
    period_start_on,
    period_end_on
from statements
