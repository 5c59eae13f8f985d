select event_id
from {{ ref('stg_events') }}
where
    {{ batching.in_batch('event_on', ref('batches_by_day')) }}
    and {{ batching.in_batch('arrival_number', ref('batches_by_rows')) }}
