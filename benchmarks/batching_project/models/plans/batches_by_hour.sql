{{ batching.batch_plan(
    inputs=[{
        'relation': ref('stg_events'),
        'key': 'event_at',
        'columns': ['event_id', 'memo', 'amount'],
    }],
    by='hour',
) }}
