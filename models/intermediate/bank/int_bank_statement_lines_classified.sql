with statement_lines as (

    select * from {{ ref('int_bank_statement_lines_cleaned') }}

),

statements as (

    select * from {{ ref('int_bank_statements_linked') }}

),

keyed as (

    select
        statement_lines.*,
        statements.account_id,
        statements.statement_group_id,
        statements.statement_number,
        statements.owner_name,
        {{ statement_date('statement_lines', 'statements') }} as statement_on,
        case
            when statement_lines.booking_status <> 'booked' then 'not_booked'
            else statements.disposition
        end as statement_disposition,
        {{ surrogate_key([
            'statements.account_id',
            'statement_lines.booked_on',
            'statement_lines.amount',
            'statement_lines.bank_reference',
            'statement_lines.reference',
            'case when statement_lines.bank_reference is null and statement_lines.reference is null'
            ~ ' then statement_lines.memo end',
        ]) }} as natural_key
    from statement_lines
    inner join statements
        on statement_lines.statement_id = statements.statement_id

),

{# Two real payments that look the same stand twice in one statement; one payment stands once in each of two
   overlapping statements. So the n-th line of a natural key in one statement is the n-th of that key anywhere. #}
counted as (

    select
        *,
        row_number() over (
            partition by statement_group_id, natural_key
            order by file_hash, statement_number, entry_number
        ) as occurrence_number
    from keyed
    where statement_disposition = 'kept'

),

delivered as (

    select
        *,
        row_number() over (
            partition by natural_key, occurrence_number
            order by load_id, file_hash, statement_number, entry_number
        ) as delivery_number
    from counted

),

classified as (

    select
        delivered_line_id,
        {{ surrogate_key(["'bank'", 'natural_key', 'occurrence_number']) }} as statement_line_id,
        case when delivery_number = 1 then 'kept' else 'overlapping_line' end as disposition
    from delivered

)

select
    keyed.delivered_line_id,
    classified.statement_line_id,
    keyed.statement_id,
    keyed.account_id,
    keyed.file_hash,
    keyed.load_id,
    keyed.currency,
    keyed.original_currency,
    coalesce(classified.disposition, keyed.statement_disposition) as disposition,
    keyed.reference,
    keyed.bank_reference,
    keyed.counterparty,
    keyed.counterparty_account,
    keyed.memo,
    keyed.reference_key,
    keyed.reference_words,
    keyed.counterparty_key,
    keyed.name_words,
    keyed.creditor_reference,
    keyed.end_to_end_id,
    keyed.instruction_id,
    keyed.customer_reference,
    keyed.uetr,
    keyed.mandate_id,
    keyed.cheque_number,
    keyed.document_numbers,
    keyed.debtor_name,
    keyed.creditor_name,
    keyed.ultimate_counterparty,
    keyed.owner_name,
    keyed.transaction_code,
    keyed.transaction_code_scheme,
    keyed.proprietary_code,
    keyed.proprietary_code_scheme,
    keyed.return_reason,
    keyed.entry_number,
    keyed.line_number,
    keyed.amount,
    keyed.charges_amount,
    keyed.original_amount,
    keyed.is_reversal,
    keyed.statement_on,
    keyed.booked_on,
    keyed.value_on
from keyed
left join classified
    on keyed.delivered_line_id = classified.delivered_line_id
