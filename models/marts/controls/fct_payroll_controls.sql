{{ control_totals('payroll', [
    ref('int_controls_payroll'),
    ref('int_controls_payments'),
    ref('int_controls_payroll_files'),
    ref('int_controls_payroll_batches'),
    ref('int_controls_payment_files'),
]) }}
