with statement_lines as (

    select * from {{ ref('int_bank_statement_lines_classified') }}
    where disposition = 'kept'

),

files as (

    select * from {{ ref('stg_collect__files') }}
    where file_status = 'loaded'

)

select
    statement_lines.statement_line_id,
    statement_lines.statement_id,
    statement_lines.account_id,
    statement_lines.file_hash,
    statement_lines.load_id,
    files.path as file_path,
    files.file_format,
    statement_lines.currency,
    statement_lines.reference,
    statement_lines.bank_reference,
    statement_lines.counterparty,
    statement_lines.counterparty_account,
    statement_lines.memo,
    statement_lines.transaction_code,
    statement_lines.line_number,
    statement_lines.amount,
    statement_lines.charges_amount,
    statement_lines.is_reversal,
    statement_lines.statement_on,
    statement_lines.booked_on,
    statement_lines.value_on
from statement_lines
inner join files
    on
        statement_lines.file_hash = files.file_hash
        and statement_lines.load_id = files.load_id
