select event_id
from {{ ref('stg_events') }}
where
    {{ in_batch('event_on', ref('batches_by_day')) }}
    and {{ in_batch('arrival_number', ref('batches_by_rows')) }}
