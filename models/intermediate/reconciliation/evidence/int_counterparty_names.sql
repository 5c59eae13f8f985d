{# Whose name it is: the counterparty that a name in a field, or in a text, of the open items means. A text that could
   be cut from several names is nobody's. What stands beside the name of a payer whom the books do not have means whom it
   names whole. #}
with spellings as (

    select * from {{ ref('int_counterparty_spellings') }}

),

texts as (

    select * from {{ ref('int_names_in_texts') }}

),

ranked as (

    select
        *,
        row_number() over of_text as place,
        lead(likeness) over of_text as next_likeness
    from texts
    where
        payer_words is null
        and likeness is not null
    window of_text as (partition by text_words order by likeness asc, name_length desc, spelling_key asc)

),

sayings as (

    select
        text_words,
        {{ last_word('text_words') }} as last_word
    from texts
    where
        payer_words is not null
        and split_part(text_words, ' ', 3) <> ''
    group by text_words
    having coalesce(min(likeness), 3) >= 3

),

words_of_texts as (

    select distinct
        text_words,
        {{ each_word('text_words') }} as word
    from texts
    where payer_words is null

),

said_again as (

    select
        sayings.text_words,
        words_of_texts.text_words as other_words,
        row_number() over (
            partition by words_of_texts.text_words order by length(sayings.text_words) desc, sayings.text_words
        ) as place
    from sayings
    inner join words_of_texts
        on
            sayings.last_word = words_of_texts.word
            and position(' ' || sayings.text_words || ' ' in ' ' || words_of_texts.text_words || ' ') > 0

),

{# Three words or more that stand beside a payer and again in a text without a name are whom both mean. #}
names_of_sayings as (

    select
        other_words,
        text_words,
        replace(text_words, ' ', '') as spelling_key
    from said_again
    where place = 1

),

names_of_the_books as (

    select distinct spelling_key
    from spellings
    where in_ledger_from is not null

),

named_beside_names as (

    select
        texts.payer_words,
        texts.said_by,
        texts.spelling_key,
        texts.likeness,
        texts.said_until_on
    from texts
    inner join names_of_the_books
        on texts.spelling_key = names_of_the_books.spelling_key
    where
        texts.payer_words is not null
        and texts.likeness < 3
        and (position(' ' in texts.counterparty_words) > 0 or length(texts.counterparty_words) >= 6)
    union distinct
    select
        texts.payer_words,
        texts.said_by,
        names_of_sayings.spelling_key,
        2 as likeness,
        texts.said_until_on
    from texts
    inner join names_of_sayings
        on texts.text_words = names_of_sayings.text_words
    where texts.payer_words is not null

)

select
    name_words,
    cast(null as string) as said_by,
    true as is_field,
    spelling_key as counterparty_key,
    1 as likeness,
    cast(null as date) as said_until_on
from spellings
union all
select
    payer_words as name_words,
    said_by,
    true as is_field,
    spelling_key as counterparty_key,
    cast(likeness as integer) as likeness,
    said_until_on
from named_beside_names
union all
select
    ranked.text_words as name_words,
    cast(null as string) as said_by,
    false as is_field,
    ranked.spelling_key as counterparty_key,
    cast(ranked.likeness as integer) as likeness,
    cast(null as date) as said_until_on
from ranked
left join names_of_sayings
    on ranked.text_words = names_of_sayings.other_words
where
    ranked.place = 1
    and (ranked.likeness < 3 or ranked.likeness is distinct from ranked.next_likeness)
    and names_of_sayings.other_words is null
union all
select
    other_words as name_words,
    cast(null as string) as said_by,
    false as is_field,
    spelling_key as counterparty_key,
    2 as likeness,
    cast(null as date) as said_until_on
from names_of_sayings
