{{ batching.batch_plan(
    inputs=[{
        'relation': ref('stg_bank__statement_lines'),
        'key': 'booked_on',
        'columns': ['delivered_line_id', 'load_id'],
        'amount': 'amount',
    }],
    by=batch_grain('week'),
) }}
