{{ config(materialized=read_outside()) }}

with bank_statement_line_details as (

    {{ loaded_rows('bank_statement_line_details') }}

),

renamed as (

    select
        concat(
            file_hash,
            '-', cast(statement_number as string),
            '-', cast(entry_number as string),
            '-', cast(detail_number as string)
        ) as line_detail_id,
        concat(
            file_hash,
            '-', cast(statement_number as string),
            '-', cast(entry_number as string)
        ) as delivered_line_id,
        file_hash,
        load_id,
        upper(trim(currency)) as currency,
        original_currency,
        nullif(trim(reference), '') as reference,
        nullif(trim(bank_reference), '') as bank_reference,
        nullif(trim(counterparty), '') as counterparty,
        nullif(trim(counterparty_account), '') as counterparty_account,
        nullif(trim(memo), '') as memo,
        nullif(trim(creditor_reference), '') as creditor_reference,
        nullif(trim(end_to_end_id), '') as end_to_end_id,
        nullif(trim(instruction_id), '') as instruction_id,
        nullif(trim(customer_reference), '') as customer_reference,
        nullif(trim(uetr), '') as uetr,
        nullif(trim(mandate_id), '') as mandate_id,
        nullif(trim(cheque_number), '') as cheque_number,
        nullif(trim(document_numbers), '') as document_numbers,
        nullif(trim(debtor_name), '') as debtor_name,
        nullif(trim(creditor_name), '') as creditor_name,
        nullif(trim(ultimate_counterparty), '') as ultimate_counterparty,
        nullif(trim(transaction_code), '') as transaction_code,
        nullif(trim(transaction_code_scheme), '') as transaction_code_scheme,
        nullif(trim(proprietary_code), '') as proprietary_code,
        nullif(trim(proprietary_code_scheme), '') as proprietary_code_scheme,
        nullif(trim(return_reason), '') as return_reason,
        detail_number,
        line_number,
        amount,
        charges_amount,
        original_amount
    from bank_statement_line_details

)

select * from renamed
