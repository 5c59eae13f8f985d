{{ batching.batch_plan(
    inputs=[{
        'relation': ref('stg_events'),
        'key': 'arrival_number',
        'columns': ['event_id', 'memo', 'amount', 'event_on'],
        'bytes': 'size_bytes',
    }],
    by='bytes',
    size=1000,
) }}
