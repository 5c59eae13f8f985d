{# A text is searched for the names that stand in fields: whole, as a part of it, cut short, or with a slip of the pen.
   Beside the name of a payer whom the books do not have the memo is such a text too. #}
with spellings as (

    select * from {{ ref('int_counterparty_spellings') }}

),

names_in_texts as (

    select distinct
        text_words as name_words,
        replace(text_words, ' ', '') as name_key,
        spelling_key
    from spellings

),

{# Who pays and is not in the books pays for somebody: whom the memo names, or one of the two people whose account
   it is. #}
payers as (

    select distinct
        items.name_words,
        items.memo,
        items.counterparty,
        spellings.in_ledger_from
    from {{ ref('int_items_pool') }} as items
    inner join spellings
        on items.name_words = spellings.name_words
    where
        items.side = 'bank'
        and items.counterparty_key is not null
        and (spellings.in_ledger_from is null or items.item_on < spellings.in_ledger_from)

),

said as (

    select distinct
        name_words,
        memo as said_by,
        in_ledger_from,
        memo as said_text
    from payers
    where memo is not null
    union distinct
    select
        name_words,
        counterparty as said_by,
        in_ledger_from,
        {{ both_names('counterparty') }} as said_text
    from payers
    where {{ regexp_is_found(upper_case('counterparty'), ' (' ~ var('joining_words') ~ ') ') }}

),

{{ lettered('said', ['said_text']) }},

texts_beside_names as (

    select
        name_words,
        said_by,
        in_ledger_from,
        {{ name_words('said_text_letters', is_text=true) }} as text_words
    from lettered

),

texts as (

    select distinct
        name_words as text_words,
        cast(null as string) as payer_words,
        cast(null as string) as said_by,
        cast(null as date) as said_until_on
    from {{ ref('int_items_pool') }}
    where
        name_words is not null
        and counterparty_key is null
    union all
    select
        text_words,
        name_words as payer_words,
        said_by,
        in_ledger_from as said_until_on
    from texts_beside_names

),

starts_of_texts as (

    select distinct
        name_words,
        name_key,
        case when word like '~%' then word else left(word, 4) end as block_key
    from (
        select
            text_words as name_words,
            replace(text_words, ' ', '') as name_key,
            {{ each_word("text_words || ' ~' || right(replace(text_words, ' ', ''), 5)") }} as word
        from texts
    ) as words

),

starts_of_names as (

    {{ name_blocks('names_in_texts') }}

),

pairs as (

    select distinct
        starts_of_texts.name_words,
        starts_of_texts.name_key,
        starts_of_names.name_words as counterparty_words,
        starts_of_names.name_key as counterparty_key,
        starts_of_names.spelling_key,
        {# A text is compared from where the name begins in it. #}
        case
            when position(left(starts_of_names.name_key, 4) in starts_of_texts.name_key) > 0
                then substring(
                    starts_of_texts.name_key, position(left(starts_of_names.name_key, 4) in starts_of_texts.name_key)
                )
            else starts_of_texts.name_key
        end as name_tail,
        substring(
            starts_of_texts.name_words,
            nullif(
                position(
                    ' ' || left(split_part(starts_of_names.name_words, ' ', 1), 4)
                    in ' ' || starts_of_texts.name_words
                ),
                0
            )
        ) as words_tail
    from starts_of_texts
    inner join starts_of_names
        on starts_of_texts.block_key = starts_of_names.block_key

),

{# Three syllables or ideographs are a whole name, as four letters are. #}
compared as (

    select
        *,
        case
            when name_key = counterparty_key then 1
            when
                (
                    length(counterparty_key) >= 4
                    or {{ regexp_is_found('counterparty_key', '^[가-힣一-龯]{3}$') }}
                )
                and (
                    position(' ' || counterparty_words || ' ' in ' ' || name_words || ' ') > 0
                    or position(
                        ' ' || {{ words_swapped('counterparty_words') }} || ' ' in ' ' || name_words || ' '
                    ) > 0
                )
                then 2
            when length(counterparty_key) >= 8 and position(counterparty_key in name_key) > 0 then 2
            when
                {{ is_cut_name('name_tail', 'counterparty_key', 8) }}
                and length(name_tail) > length(split_part(counterparty_words, ' ', 1)) + 1
                then 3
            when
                length(counterparty_key) > 12
                and position(
                    left(counterparty_key, greatest(12, length(split_part(counterparty_words, ' ', 1)) + 3)) in name_key
                ) > 0
                and {{ goes_on_as('words_tail', 'counterparty_words') }}
                then 4
            when {{ names_by_initial('name_words', 'counterparty_words') }} then 4
            when {{ is_slip_of_name('left(name_tail, length(counterparty_key))', 'counterparty_key') }} then 5
            when
                length(name_tail) >= 8
                and length(name_tail) < length(counterparty_key)
                and {{ is_slip_of_name('name_tail', 'left(counterparty_key, length(name_tail))') }}
                then 6
        end as likeness
    from pairs

),

{# The spellings of one counterparty are one candidate. #}
candidates as (

    select
        name_words,
        spelling_key,
        max(counterparty_words) as counterparty_words,
        min(likeness) as likeness,
        max(length(counterparty_key)) as name_length
    from compared
    where likeness is not null
    group by name_words, spelling_key

)

select
    texts.text_words,
    texts.payer_words,
    texts.said_by,
    candidates.counterparty_words,
    candidates.spelling_key,
    candidates.likeness,
    candidates.name_length,
    texts.said_until_on
from texts
left join candidates
    on texts.text_words = candidates.name_words
{# Here, because DuckDB would work out the words twice to ask for them above. #}
where texts.text_words is not null
