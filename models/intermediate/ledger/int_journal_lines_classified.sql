{{ config(materialized=read_outside()) }}

{# A view, because few lines are exceptions, and one more copy of all the others takes longer than all who read them. #}
with journal_lines as (

    select * from {{ ref('int_journal_lines_cleaned') }}

),

exceptions as (

    select * from {{ ref('int_journal_line_exceptions') }}

)

select
    coalesce(exceptions.journal_line_id, journal_lines.journal_line_id) as journal_line_id,
    exceptions.apart_from_line_id,
    journal_lines.entry_id,
    journal_lines.company,
    journal_lines.fiscal_year,
    journal_lines.file_hash,
    journal_lines.load_id,
    journal_lines.gl_account,
    journal_lines.cash_account,
    journal_lines.currency,
    journal_lines.original_currency,
    coalesce(exceptions.disposition, 'kept') as disposition,
    exceptions.export_path,
    journal_lines.reference,
    journal_lines.counterparty,
    journal_lines.memo,
    journal_lines.reference_key,
    journal_lines.reference_words,
    journal_lines.counterparty_key,
    journal_lines.name_words,
    journal_lines.document_type,
    journal_lines.line_no,
    journal_lines.line_number,
    journal_lines.amount,
    journal_lines.original_amount,
    journal_lines.posted_on,
    journal_lines.recorded_at
from journal_lines
left join exceptions
    on
        journal_lines.file_hash = exceptions.file_hash
        and journal_lines.load_id = exceptions.load_id
        and journal_lines.line_number = exceptions.line_number
