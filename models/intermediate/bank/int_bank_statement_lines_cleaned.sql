{{ config(materialized='batched', batch_amount='amount') }}

with statement_lines as (

    select * from {{ ref('stg_bank__statement_lines') }}
    where {{ in_batch('booked_on', ref('int_bank_line_batches')) }}

)

select
    delivered_line_id,
    statement_id,
    file_hash,
    load_id,
    currency,
    original_currency,
    booking_status,
    reference,
    bank_reference,
    counterparty,
    counterparty_account,
    memo,
    {{ normalized_reference('reference') }} as reference_key,
    {{ reference_words(['reference', 'memo']) }} as reference_words,
    replace({{ name_words('counterparty') }}, ' ', '') as counterparty_key,
    coalesce({{ name_words('counterparty') }}, {{ name_words('memo', is_text=true) }}) as name_words,
    transaction_code,
    entry_number,
    line_number,
    amount,
    charges_amount,
    original_amount,
    is_reversal,
    booked_on,
    value_on
from statement_lines
