select
    event_id,
    upper(memo) as memo,
    amount * {{ var('factor') }} as amount,
    event_at
from {{ ref('stg_events') }}
where {{ batching.in_batch('event_at', ref('batches_by_hour')) }}
