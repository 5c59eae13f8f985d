{# Whose name it is: the counterparty that a name in a field, or in a text, of the open items means. A text is searched
   for the names that stand in fields: whole, as a part of it, cut short, or with a slip of the pen. A text that could
   be cut from several names is nobody's. #}
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

texts as (

    select
        name_words,
        replace(name_words, ' ', '') as name_key
    from names
    where not is_field

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

)

select
    name_words,
    true as is_field,
    spelling_key as counterparty_key,
    1 as likeness
from spellings
union all
select
    name_words,
    false as is_field,
    spelling_key as counterparty_key,
    cast(likeness as integer) as likeness
from ranked
where
    place = 1
    and (likeness < 3 or likeness is distinct from next_likeness)
