{{ batching.batch_plan(
    inputs=[{
        'relation': ref('stg_ledger__journal_lines'),
        'key': 'posted_on',
        'columns': ['file_hash', 'load_id', 'line_number'],
        'amount': 'amount',
    }],
    by=batch_grain('week'),
) }}
