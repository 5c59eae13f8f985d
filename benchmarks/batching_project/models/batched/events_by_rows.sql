select
    event_id,
    upper(memo) as memo,
    amount * {{ var('factor') }} as amount,
    event_on
from {{ ref('stg_events') }}
where {{ batching.in_batch('arrival_number', ref('batches_by_rows')) }}
