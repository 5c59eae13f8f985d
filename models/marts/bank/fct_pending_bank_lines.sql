with pending_lines as (

    select * from {{ ref('int_bank_pending_lines') }}

),

files as (

    select * from {{ ref('stg_collect__files') }}
    where file_status = 'loaded'

)

select
    pending_lines.pending_line_id,
    pending_lines.booked_statement_line_id,
    pending_lines.account_id,
    pending_lines.file_hash,
    pending_lines.load_id,
    files.path as file_path,
    pending_lines.currency,
    pending_lines.status,
    pending_lines.reference,
    pending_lines.bank_reference,
    pending_lines.counterparty,
    pending_lines.memo,
    pending_lines.line_number,
    pending_lines.delivery_count,
    pending_lines.amount,
    pending_lines.booked_on,
    pending_lines.value_on
from pending_lines
inner join files
    on
        pending_lines.file_hash = files.file_hash
        and pending_lines.load_id = files.load_id
