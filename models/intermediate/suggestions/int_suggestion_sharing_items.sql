{# A model of its own, because runs of these items are looked for by joining it with itself. #}
with items as (

    select * from {{ ref('int_suggestion_items') }}

),

words as (

    select * from {{ ref('int_suggestion_words') }}
    where
        length(word) >= 3
        and word_items <= {{ var('suggestion_group_items') }}

),

likenesses as (

    select * from {{ ref('int_suggestion_word_likenesses') }}

),

sharing as (

    select
        words.item_id as target_id,
        words.word,
        members.item_id,
        targets.amount as target_amount,
        members.amount,
        members.day_number,
        sum(least(words.bits, likenesses.bits)) over (partition by words.item_id, likenesses.item_id) as shared_bits,
        row_number() over by_date as place,
        sum(members.amount) over up_to_date as running_amount
    from words
    inner join likenesses
        on
            words.account_id = likenesses.account_id
            and words.currency = likenesses.currency
            and words.word = likenesses.word
            and words.side <> likenesses.side
    inner join items as targets
        on words.item_id = targets.item_id
    inner join items as members
        on
            likenesses.item_id = members.item_id
            and {{ same_sign('targets.amount', 'members.amount') }}
            and abs(members.amount) < abs(targets.amount)
            and abs(targets.day_number - members.day_number) <= {{ var('suggestion_days') }}
    window
        by_date as (partition by words.item_id, words.word order by members.day_number, members.item_id),
        up_to_date as (
            partition by words.item_id, words.word
            order by members.day_number, members.item_id
            rows between unbounded preceding and current row
        )

)

select
    *,
    cast(count(*) over (partition by target_id, word) as integer) as sharing_items
from sharing
