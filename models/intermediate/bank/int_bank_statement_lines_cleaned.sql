{{ config(materialized='batched', batch_amount='amount') }}

with statement_lines as (

    select
        *,
        {# A CSV may say by its code that a line is a cheque, and by nothing but a number which. #}
        coalesce(
            cheque_number,
            case
                when transaction_code_scheme = 'csv' and {{ has_word('transaction_code', 'cheque_words') }}
                    then nullif(regexp_extract(memo, '^ *([0-9]{3,10}) *$', 1), '')
            end
        ) as number_of_cheque
    from {{ ref('stg_bank__statement_lines') }}
    where {{ batching.in_batch('booked_on', ref('int_bank_line_batches')) }}

),

{{ lettered('statement_lines', ['counterparty', 'memo']) }}

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
    {{ reference_words([
        'reference',
        'creditor_reference',
        'document_numbers',
        'end_to_end_id',
        'instruction_id',
        'customer_reference',
        'mandate_id',
        "'CHEQUE' || number_of_cheque",
        'memo',
    ]) }} as reference_words,
    replace({{ name_words('counterparty_letters') }}, ' ', '') as counterparty_key,
    coalesce({{ name_words('counterparty_letters') }}, {{ name_words('memo_letters', is_text=true) }}) as name_words,
    creditor_reference,
    end_to_end_id,
    instruction_id,
    customer_reference,
    uetr,
    mandate_id,
    cheque_number,
    document_numbers,
    debtor_name,
    creditor_name,
    ultimate_counterparty,
    transaction_code,
    transaction_code_scheme,
    proprietary_code,
    proprietary_code_scheme,
    return_reason,
    entry_reference,
    entry_number,
    line_number,
    amount,
    charges_amount,
    original_amount,
    is_reversal,
    booked_on,
    value_on
from lettered
