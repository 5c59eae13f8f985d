{{ config(materialized='batched', batch_amount='amount') }}

with journal_lines as (

    select * from {{ ref('stg_ledger__journal_lines') }}
    where {{ batching.in_batch('posted_on', ref('int_journal_line_batches')) }}

),

{{ lettered('journal_lines', ['counterparty', 'memo']) }}

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
    {{ reference_words(['reference', 'memo']) }} as reference_words,
    replace({{ name_words('counterparty_letters') }}, ' ', '') as counterparty_key,
    coalesce({{ name_words('counterparty_letters') }}, {{ name_words('memo_letters', is_text=true) }}) as name_words,
    document_type,
    line_no,
    line_number,
    amount,
    original_amount,
    posted_on,
    recorded_at
from lettered
