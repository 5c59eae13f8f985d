{{ config(materialized='batched', batch_amount='amount') }}

with journal_lines as (

    select * from {{ ref('stg_ledger__journal_lines') }}
    where {{ in_batch('posted_on', ref('int_journal_line_batches')) }}

)

select
    journal_line_id,
    entry_id,
    company,
    fiscal_year,
    file_hash,
    load_id,
    gl_account,
    cash_account,
    account_key,
    currency,
    original_currency,
    reference,
    counterparty,
    memo,
    {{ normalized_reference('reference') }} as reference_key,
    {{ reference_in_text('memo') }} as memo_reference_key,
    {{ folded_reference('reference') }} as folded_reference_key,
    {{ normalized_counterparty('counterparty') }} as counterparty_key,
    document_type,
    line_no,
    line_number,
    amount,
    original_amount,
    posted_on,
    recorded_at
from journal_lines
