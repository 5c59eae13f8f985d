-- depends_on: {{ ref('int_bank_statement_lines_cleaned') }}
-- depends_on: {{ ref('int_journal_lines_cleaned') }}
{{ batch_runs() }}
