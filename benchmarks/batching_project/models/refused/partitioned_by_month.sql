{{ config(partition_by=['event_month']) }}

select
    event_id,
    month(event_on) as event_month
from {{ ref('stg_events') }}
where {{ batching.in_batch('event_on', ref('batches_by_day')) }}
