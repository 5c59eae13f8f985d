{{ batching.batch_plan(
    inputs=[{
        'relation': ref('int_closes_valid'),
        'key': 'closed_on',
        'columns': ['close_id'],
        'rows': 'match_count',
    }],
    by=batch_grain('month'),
) }}
