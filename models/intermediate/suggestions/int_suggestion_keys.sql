{# What candidates have in common: the amount, a reference, how the words begin, or a word that is not everybody's.
   Dates and amounts are cut into buckets; the ledger's side also has the buckets beside its own, so that no pair within the
   limits is lost at an edge. #}
with items as (

    select * from {{ ref('int_suggestion_items') }}

),

words as (

    select * from {{ ref('int_suggestion_words') }}

),

steps as (

    select -1 as step
    union all
    select 0 as step
    union all
    select 1 as step

),

keys as (

    select
        item_id,
        account_id,
        side,
        currency,
        'reference ' || reference_key as block_key,
        true as is_undated,
        true as is_unpriced,
        0 as amount_bucket,
        day_number
    from items
    where reference_key is not null
    union all
    select
        item_id,
        account_id,
        side,
        currency,
        'amount ' || cast(amount as string) as block_key,
        false as is_undated,
        true as is_unpriced,
        0 as amount_bucket,
        day_number
    from items
    union all
    select
        item_id,
        account_id,
        side,
        currency,
        'digits ' || digits as block_key,
        false as is_undated,
        true as is_unpriced,
        0 as amount_bucket,
        day_number
    from items
    union all
    select
        item_id,
        account_id,
        side,
        currency,
        'near' as block_key,
        false as is_undated,
        false as is_unpriced,
        amount_bucket,
        day_number
    from items
    union all
    select
        item_id,
        account_id,
        side,
        currency,
        'start ' || start_of_words as block_key,
        false as is_undated,
        false as is_unpriced,
        amount_bucket,
        day_number
    from items
    where words <> ''
    union all
    select
        item_id,
        account_id,
        side,
        currency,
        'word ' || word as block_key,
        false as is_undated,
        true as is_unpriced,
        0 as amount_bucket,
        day_number
    from words
    where
        length(word) >= 3
        and word_items <= {{ var('suggestion_word_items') }}

)

select distinct
    keys.item_id,
    keys.account_id,
    keys.side,
    keys.currency,
    keys.block_key,
    case
        when keys.is_undated then 0
        else cast(floor(keys.day_number / {{ var('suggestion_days') }}) as integer) + day_steps.step
    end as day_bucket,
    case when keys.is_unpriced then 0 else keys.amount_bucket + amounts.step end as amount_bucket
from keys
inner join steps as day_steps
    on day_steps.step = 0 or (keys.side = 'ledger' and not keys.is_undated)
inner join steps as amounts
    on amounts.step = 0 or (keys.side = 'ledger' and not keys.is_unpriced)
