{# A word that the other side never writes may be one of its words, mistyped or abbreviated. One letter wrong, missing,
   too much or exchanged with the next: both words have a letter less in common. Abbreviated: the first and last letter
   stay, the others that stay keep their order. #}
with words as (

    select * from {{ ref('int_suggestion_words') }}

),

vocabulary as (

    select distinct
        account_id,
        currency,
        side,
        word,
        is_foreign
    from words
    where
        length(word) >= 3
        and {{ regexp_replace_all('word', '[^0-9]', '') }} = ''

),

places as (

    {% for place in range(0, 21) -%}
    select {{ place }} as place
    {{- '' if loop.last else '\n    union all\n    ' }}
    {%- endfor %}

),

shortened as (

    select distinct
        vocabulary.account_id,
        vocabulary.currency,
        vocabulary.side,
        vocabulary.word,
        vocabulary.is_foreign,
        left(vocabulary.word, places.place - 1)
        || substring(vocabulary.word, places.place + 1, length(vocabulary.word)) as short_word
    from vocabulary
    inner join places
        on places.place between 1 and length(vocabulary.word)
    where length(vocabulary.word) between 4 and 20
    union all
    select
        account_id,
        currency,
        side,
        word,
        is_foreign,
        word as short_word
    from vocabulary
    where length(word) between 4 and 20

),

mistyped as (

    select distinct
        bank.account_id,
        bank.currency,
        bank.word as bank_word,
        ledger.word as ledger_word,
        'mistyped' as likeness
    from shortened as bank
    inner join shortened as ledger
        on
            bank.account_id = ledger.account_id
            and bank.currency = ledger.currency
            and bank.short_word = ledger.short_word
            and bank.side = 'bank'
            and ledger.side = 'ledger'
            and bank.word <> ledger.word
            and (bank.is_foreign or ledger.is_foreign)

),

abbreviated as (

    select
        brief.account_id,
        brief.currency,
        case when brief.side = 'bank' then brief.word else full_words.word end as bank_word,
        case when brief.side = 'bank' then full_words.word else brief.word end as ledger_word,
        'abbreviated' as likeness
    from vocabulary as brief
    inner join vocabulary as full_words
        on
            brief.account_id = full_words.account_id
            and brief.currency = full_words.currency
            and brief.side <> full_words.side
            and left(brief.word, 1) = left(full_words.word, 1)
            and right(brief.word, 1) = right(full_words.word, 1)
            and length(brief.word) <= 5
            and length(full_words.word) >= length(brief.word) + 2
            and (brief.is_foreign or full_words.is_foreign)
            and full_words.word like {{ regexp_replace_all('brief.word', '(.)', '$1%') }}

),

alike as (

    select * from mistyped
    union all
    select * from abbreviated

),

likenesses as (

    select
        item_id,
        account_id,
        side,
        currency,
        word,
        'same' as likeness,
        bits
    from words
    {% for side, other in [('bank', 'ledger'), ('ledger', 'bank')] %}
    union all
    select
        words.item_id,
        words.account_id,
        words.side,
        words.currency,
        alike.{{ other }}_word as word,
        alike.likeness,
        words.bits
    from alike
    inner join words
        on
            alike.account_id = words.account_id
            and alike.currency = words.currency
            and alike.{{ side }}_word = words.word
            and words.side = '{{ side }}'
    {%- endfor %}

)

{# same comes last in the alphabet. #}
select
    item_id,
    account_id,
    side,
    currency,
    word,
    max(likeness) as likeness,
    max(bits) as bits
from likenesses
group by item_id, account_id, side, currency, word
