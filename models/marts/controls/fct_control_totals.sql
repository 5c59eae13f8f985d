{{ control_totals('bank', [
    ref('int_controls_files'),
    ref('int_controls_lake_to_staging'),
    ref('int_controls_staging_to_items'),
    ref('int_controls_items_to_matches'),
    ref('int_controls_statements'),
    ref('int_controls_reconciliations'),
    ref('int_controls_ledger'),
    ref('int_controls_batches'),
    ref('int_controls_closes'),
    ref('int_controls_decisions'),
]) }}
