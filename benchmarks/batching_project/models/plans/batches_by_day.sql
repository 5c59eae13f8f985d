{{ batching.batch_plan(
    inputs=[
        {
            'relation': ref('stg_events'),
            'key': 'event_on',
            'columns': ['event_id', 'memo', 'amount'],
            'amount': 'amount',
        },
        {
            'relation': ref('stg_fees'),
            'key': 'fee_on',
            'columns': ['fee_id', 'amount'],
            'amount': 'amount',
        },
    ],
    by='day',
) }}
