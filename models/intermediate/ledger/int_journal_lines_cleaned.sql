{{ config(materialized='batched', batch_amount='amount') }}

with journal_lines as (

    select * from {{ ref('stg_ledger__journal_lines') }}
    where {{ in_batch('posted_on', ref('int_journal_line_batches')) }}

)

select
    journal_line_id,
    entry_id,
    file_hash,
    load_id,
    gl_account,
    currency,
    reference,
    counterparty,
    memo,
    {{ normalized_reference('reference') }} as reference_key,
    document_type,
    line_no,
    line_number,
    amount,
    posted_on,
    recorded_at
from journal_lines
