{{ control_totals('payroll', [
    ref('int_controls_payroll'),
    ref('int_controls_payments'),
    ref('int_controls_payroll_completeness'),
]) }}
