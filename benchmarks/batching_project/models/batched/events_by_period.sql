{{ config(batch_set_aside="memo = 'BAD'", batch_amount='amount') }}

select
    event_id,
    upper(memo) as memo,
    amount,
    event_on
from {{ ref('stg_events') }}
where {{ batching.in_batch('event_on', ref('batches_by_period')) }}
