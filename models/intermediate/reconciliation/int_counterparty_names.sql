{# Whose name it is: the counterparty that a name in a field, or in a text, of the open items means. A text is searched
   for the names that stand in fields: whole, as a part of it, cut short, or with a slip of the pen. A text that could
   be cut from several names is nobody's. Beside the name of a payer whom the books do not have the memo is such a text too,
   and means whom it names whole. #}
with names as (

    select distinct
        name_words,
        counterparty_key is not null as is_field
    from {{ ref('int_items_pool') }}
    where name_words is not null

),

spellings as (

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

names_beside_names as (

    select
        name_words,
        said_by,
        in_ledger_from,
        {{ name_words('said_text_letters', is_text=true) }} as text_words
    from lettered

),

texts as (

    select
        name_words,
        replace(name_words, ' ', '') as name_key
    from names
    where not is_field
    union distinct
    select
        text_words as name_words,
        replace(text_words, ' ', '') as name_key
    from names_beside_names
    where text_words is not null

),

starts_of_texts as (

    select distinct
        name_words,
        name_key,
        left(word, 4) as block_key
    from (
        select
            name_words,
            name_key,
            {{ each_word('name_words') }} as word
        from texts
    ) as words
    union distinct
    select
        name_words,
        name_key,
        '~' || right(name_key, 5) as block_key
    from texts

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
        end as name_tail
    from starts_of_texts
    inner join starts_of_names
        on starts_of_texts.block_key = starts_of_names.block_key

),

compared as (

    select
        *,
        case
            when name_key = counterparty_key then 1
            when
                length(counterparty_key) >= 4
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
                then 4
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

),

ranked as (

    select
        *,
        row_number() over of_text as place,
        lead(likeness) over of_text as next_likeness
    from candidates
    window of_text as (partition by name_words order by likeness asc, name_length desc, spelling_key asc)

),

names_found as (

    select
        names_beside_names.*,
        candidates.spelling_key,
        candidates.counterparty_words,
        candidates.likeness
    from names_beside_names
    left join candidates
        on
            names_beside_names.text_words = candidates.name_words
            and candidates.likeness < 3

),

sayings as (

    select distinct
        text_words,
        {{ last_word('text_words') }} as last_word
    from names_found
    where
        spelling_key is null
        and split_part(text_words, ' ', 3) <> ''

),

words_of_texts as (

    select distinct
        name_words,
        {{ each_word('name_words') }} as word
    from names
    where not is_field

),

said_again as (

    select
        sayings.text_words,
        words_of_texts.name_words as other_words,
        row_number() over (
            partition by words_of_texts.name_words order by length(sayings.text_words) desc, sayings.text_words
        ) as place
    from sayings
    inner join words_of_texts
        on
            sayings.last_word = words_of_texts.word
            and position(' ' || sayings.text_words || ' ' in ' ' || words_of_texts.name_words || ' ') > 0

),

{# Three words or more that stand beside a payer and again in a text without a name are whom both mean. #}
names_of_sayings as (

    select
        other_words as name_words,
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
        names_found.name_words,
        names_found.said_by,
        names_found.spelling_key,
        names_found.likeness,
        names_found.in_ledger_from
    from names_found
    inner join names_of_the_books
        on names_found.spelling_key = names_of_the_books.spelling_key
    where
        position(' ' in names_found.counterparty_words) > 0
        or length(names_found.counterparty_words) >= 6
    union distinct
    select
        names_found.name_words,
        names_found.said_by,
        names_of_sayings.spelling_key,
        2 as likeness,
        names_found.in_ledger_from
    from names_found
    inner join names_of_sayings
        on names_found.text_words = names_of_sayings.text_words
    where names_found.spelling_key is null

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
    name_words,
    said_by,
    true as is_field,
    spelling_key as counterparty_key,
    cast(likeness as integer) as likeness,
    in_ledger_from as said_until_on
from named_beside_names
union all
select
    ranked.name_words,
    cast(null as string) as said_by,
    false as is_field,
    ranked.spelling_key as counterparty_key,
    cast(ranked.likeness as integer) as likeness,
    cast(null as date) as said_until_on
from ranked
inner join names
    on
        ranked.name_words = names.name_words
        and not names.is_field
left join names_of_sayings
    on ranked.name_words = names_of_sayings.name_words
where
    ranked.place = 1
    and (ranked.likeness < 3 or ranked.likeness is distinct from ranked.next_likeness)
    and names_of_sayings.name_words is null
union all
select
    name_words,
    cast(null as string) as said_by,
    false as is_field,
    spelling_key as counterparty_key,
    2 as likeness,
    cast(null as date) as said_until_on
from names_of_sayings
