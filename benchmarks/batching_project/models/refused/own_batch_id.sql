select
    event_id as batch_id,
    memo
from {{ ref('stg_events') }}
where {{ batching.in_batch('event_on', ref('batches_by_day')) }}
