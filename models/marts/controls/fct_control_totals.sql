{{ control_totals('bank', [
    ref('int_controls_files'),
    ref('int_controls_completeness'),
    ref('int_controls_statements'),
    ref('int_controls_payouts'),
    ref('int_controls_reconciliations'),
    ref('int_controls_ledger'),
    ref('int_controls_documents'),
]) }}
