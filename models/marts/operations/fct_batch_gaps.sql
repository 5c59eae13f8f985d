-- depends_on: {{ ref('int_bank_statement_lines_cleaned') }}
-- depends_on: {{ ref('int_journal_lines_cleaned') }}
-- depends_on: {{ ref('int_punches_in_order') }}
-- depends_on: {{ ref('int_punch_pairs') }}
-- depends_on: {{ ref('int_shift_days') }}
-- depends_on: {{ ref('int_clock_steps') }}
-- depends_on: {{ ref('int_closed_payslips') }}
-- depends_on: {{ ref('int_closed_payslip_lines') }}
{{ batch_gaps({
    'intermediate.int_bank_statement_lines_cleaned': ref('int_bank_line_batches'),
    'intermediate.int_journal_lines_cleaned': ref('int_journal_line_batches'),
    'payroll.int_punches_in_order': ref('int_punch_batches'),
    'payroll.int_punch_pairs': ref('int_punch_batches'),
    'payroll.int_shift_days': ref('int_punch_batches'),
    'payroll.int_clock_steps': ref('int_punch_batches'),
    'payroll.int_closed_payslips': ref('int_closed_payday_batches'),
    'payroll.int_closed_payslip_lines': ref('int_closed_payday_batches'),
}) }}
