{{ config(batch_set_aside="memo = 'BAD'", batch_amount='amount') }}

select
    'event' as kind,
    event_id as movement_id,
    upper(memo) as memo,
    {{ var('factor') }} as factor,
    cast(case when memo = 'FAIL' then {{ failure() }} end as integer) as failure,
    amount,
    event_on as moved_on
from {{ ref('stg_events') }}
where {{ batching.in_batch('event_on', ref('batches_by_day')) }}
union all
select
    'fee' as kind,
    fee_id as movement_id,
    null as memo,
    {{ var('factor') }} as factor,
    null as failure,
    amount,
    fee_on as moved_on
from {{ ref('stg_fees') }}
where {{ batching.in_batch('fee_on', ref('batches_by_day')) }}
