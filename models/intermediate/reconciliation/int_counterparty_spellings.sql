{# One counterparty's name is written in several ways; the one that most items use stands for all. A name that is cut
   short is the only longer one that it can be cut from. #}
with names as (

    select
        name_words,
        replace(name_words, ' ', '') as name_key,
        max(case when counterparty_key is not null then 1 else 0 end) = 1 as is_field,
        min(case when counterparty_key is not null and side = 'ledger' then item_on end) as in_ledger_from,
        sum(count(*)) over (partition by replace(name_words, ' ', '')) as item_count
    from {{ ref('int_items_pool') }}
    where name_words is not null
    group by name_words

),

fields as (

    select
        name_words,
        name_key,
        name_key as spelling_key,
        in_ledger_from,
        item_count
    from names
    where is_field

),

blocks as (

    {{ name_blocks('fields', 'item_count') }}

),

pairs as (

    select distinct
        one.name_words,
        one.name_key,
        one.item_count,
        other.name_key as other_key,
        other.item_count as other_count,
        (
            {{ is_slip_of_name('one.name_key', 'other.name_key') }}
            and {{ are_words_alike('one.name_words', 'other.name_words') }}
        )
        or {{ words_in_order('one.name_words') }} = {{ words_in_order('other.name_words') }}
        {# Formats break lines at blanks, which are lost: KRAUSEANNA. #}
        or (
            length(one.name_key) = length(other.name_key)
            and (
                one.name_key = replace({{ words_swapped('other.name_words') }}, ' ', '')
                or other.name_key = replace({{ words_swapped('one.name_words') }}, ' ', '')
            )
        ) as is_slip,
        {{ is_cut_name('one.name_key', 'other.name_key', 12) }} as is_cut
    from blocks as one
    inner join blocks as other
        on
            one.block_key = other.block_key
            and one.name_key <> other.name_key

),

candidates as (

    select
        name_words,
        other_key,
        other_count,
        case when is_slip then 1 else 2 end as precedence,
        sum(case when is_cut and not is_slip then 1 else 0 end) over (partition by name_words) as cut_from
    from pairs
    where
        is_cut
        or (is_slip and (other_count > item_count or (other_count = item_count and other_key > name_key)))

),

ranked as (

    select
        *,
        row_number() over (
            partition by name_words
            order by precedence asc, other_count desc, other_key desc
        ) as place
    from candidates
    where
        precedence = 1
        or cut_from = 1

)

select
    fields.name_words,
    fields.name_key,
    {{ without_bank_words('fields.name_words') }} as text_words,
    coalesce(ranked.other_key, fields.name_key) as spelling_key,
    min(fields.in_ledger_from) over (partition by coalesce(ranked.other_key, fields.name_key)) as in_ledger_from
from fields
left join ranked
    on
        fields.name_words = ranked.name_words
        and ranked.place = 1
