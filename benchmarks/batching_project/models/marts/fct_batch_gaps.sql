{{ batching.batch_gaps({
    'main.movements_by_day': ref('batches_by_day'),
    'main.events_by_period': ref('batches_by_period'),
}) }}
