-- depends_on: {{ ref('int_bank_statement_lines_cleaned') }}
-- depends_on: {{ ref('int_journal_lines_cleaned') }}
-- depends_on: {{ ref('int_punches_in_order') }}
-- depends_on: {{ ref('int_punch_pairs') }}
-- depends_on: {{ ref('int_shift_days') }}
-- depends_on: {{ ref('int_clock_steps') }}
-- depends_on: {{ ref('int_closed_payslips') }}
-- depends_on: {{ ref('int_closed_payslip_lines') }}
{{ batch_runs() }}
