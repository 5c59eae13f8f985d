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
        statements.owner_name,
        {{ statement_date('statement_lines', 'statements') }} as statement_on,
        case
            when statement_lines.booking_status <> 'booked' then 'not_booked'
            else statements.disposition
        end as statement_disposition
    from statement_lines
    inner join statements
        on statement_lines.statement_id = statements.statement_id

),

counted_lines as (

    select * from {{ ref('int_bank_lines_counted') }}

),

repeated_lines as (

    select * from {{ ref('int_bank_lines_repeated') }}
    where is_proved

)

select
    keyed.delivered_line_id,
    counted_lines.statement_line_id,
    repeated_lines.repeated_statement_line_id,
    keyed.statement_id,
    keyed.account_id,
    keyed.file_hash,
    keyed.load_id,
    keyed.currency,
    keyed.original_currency,
    case
        when counted_lines.delivery_number > 1 then 'overlapping_line'
        when repeated_lines.statement_line_id is not null then 'repeated_line'
        else keyed.statement_disposition
    end as disposition,
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
left join counted_lines
    on keyed.delivered_line_id = counted_lines.delivered_line_id
left join repeated_lines
    on counted_lines.statement_line_id = repeated_lines.statement_line_id
