-- depends_on: {{ ref('int_bank_statement_lines_cleaned') }}
-- depends_on: {{ ref('int_journal_lines_cleaned') }}
{{ batch_gaps({
    'intermediate.int_bank_statement_lines_cleaned': ref('int_bank_line_batches'),
    'intermediate.int_journal_lines_cleaned': ref('int_journal_line_batches'),
}) }}
