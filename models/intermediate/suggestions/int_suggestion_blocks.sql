with keys as (

    select * from {{ ref('int_suggestion_keys') }}

),

counted as (

    select
        account_id,
        currency,
        block_key,
        day_bucket,
        amount_bucket,
        count(case when side = 'bank' then 1 end) as bank_items,
        count(case when side = 'ledger' then 1 end) as ledger_items
    from keys
    group by account_id, currency, block_key, day_bucket, amount_bucket

)

select
    *,
    row_number() over (order by account_id, currency, block_key, day_bucket, amount_bucket) as block_number,
    bank_items * ledger_items as pair_count,
    bank_items * ledger_items <= case
        when block_key = 'near' or block_key like 'digits %' then {{ var('suggestion_loose_block_pairs') }}
        else {{ var('suggestion_block_pairs') }}
    end as is_used
from counted
where
    bank_items > 0
    and ledger_items > 0
