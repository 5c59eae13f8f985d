{{ batching.batch_plan(
    inputs=[{
        'relation': ref('stg_events'),
        'key': 'event_on',
        'columns': ['event_id', 'memo', 'amount'],
        'amount': 'amount',
    }],
    by='calendar',
    calendar={'relation': ref('stg_periods'), 'id': 'period_id', 'start': 'starts_on', 'end': 'ends_on'},
) }}
