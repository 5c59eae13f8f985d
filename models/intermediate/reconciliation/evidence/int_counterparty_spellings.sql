{# One counterparty's name is written in several ways; the one that most items use stands for all. A name that is cut
   short, to an initial too, is the longest one that it can be cut from, unless it can be cut from two that differ. Of two names that both
   sides write in the field for it, neither is the other with a slip or cut short. #}
with names as (

    select
        name_words,
        replace(name_words, ' ', '') as name_key,
        {# Formats break lines at blanks, which are lost: of KRAUSEANNA and KRAUSE ANNA the latter has its words. #}
        min(name_words) over of_key as parted_words,
        max(case when counterparty_key is not null then 1 else 0 end) = 1 as is_field,
        min(case when counterparty_key is not null and side = 'ledger' then item_on end) as in_ledger_from,
        min(min(case when counterparty_key is not null then side end)) over of_key
        < max(max(case when counterparty_key is not null then side end)) over of_key as is_written_by_both,
        sum(count(*)) over of_key as item_count
    from {{ ref('int_items_pool') }}
    where name_words is not null
    group by name_words
    window of_key as (partition by replace(name_words, ' ', ''))

),

fields as (

    select
        name_words,
        parted_words,
        name_key,
        name_key as spelling_key,
        in_ledger_from,
        coalesce(is_written_by_both, false) as is_written_by_both,
        item_count
    from names
    where is_field

),

blocks as (

    {{ name_blocks('fields', ['parted_words', 'is_written_by_both', 'item_count', 'in_ledger_from']) }}

),

pairs as (

    select distinct
        one.name_words,
        one.name_key,
        one.item_count,
        other.name_key as other_key,
        other.item_count as other_count,
        (
            not (one.is_written_by_both and other.is_written_by_both)
            and {{ is_slip_of_name('one.name_key', 'other.name_key') }}
            and {{ are_words_alike('one.parted_words', 'other.parted_words') }}
        )
        or {{ words_in_order('one.name_words') }} = {{ words_in_order('other.name_words') }}
        or (
            length(one.name_key) = length(other.name_key)
            and (
                one.name_key = replace({{ words_swapped('other.name_words') }}, ' ', '')
                or other.name_key = replace({{ words_swapped('one.name_words') }}, ' ', '')
            )
        )
        or {{ has_cut_legal_form('one.name_words', 'other.name_words') }}
        or {{ has_cut_legal_form('other.name_words', 'one.name_words') }} as is_slip,
        not (one.is_written_by_both and other.is_written_by_both)
        and (
            {{ is_cut_name('one.name_key', 'other.name_key', 12) }}
            {# Of two names of the books neither is the other's initial. #}
            or (
                {{ names_by_initial('one.name_words', 'other.name_words') }}
                and split_part(one.name_words, ' ', 3) = ''
                and (one.in_ledger_from is null or other.in_ledger_from is null)
            )
        ) as is_cut
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
        is_slip,
        max(case when not is_slip then lpad(cast(length(other_key) as string), 9, '0') || other_key end)
            over (partition by name_words) as longest
    from pairs
    where case
        when is_slip then other_count > item_count or (other_count = item_count and other_key > name_key)
        else is_cut
    end

),

ranked as (

    select
        name_words,
        case when is_slip then other_key else substring(longest, 10) end as other_key,
        row_number() over (
            partition by name_words
            order by case when is_slip then 1 else 2 end, other_count desc, other_key desc
        ) as place
    from (
        select
            *,
            min(case when is_slip or {{ is_cut_of('other_key', 'substring(longest, 10)') }} then 1 else 0 end)
                over (partition by name_words) as is_cut_from_one
        from candidates
    ) as told
    where
        is_slip
        or is_cut_from_one = 1

),

places as (

    select 1 as place
    union all
    select 2 as place

),

{# A slip of a name that is cut short leads on to the whole of it. #}
steps as (

    select
        fields.name_words,
        fields.name_key,
        fields.in_ledger_from,
        fields.is_written_by_both,
        places.place,
        coalesce(ranked.other_key, fields.name_key) as step_key,
        case
            when places.place = 1 then fields.name_key
            else coalesce(ranked.other_key, fields.name_key)
        end as asked_key
    from fields
    left join ranked
        on
            fields.name_words = ranked.name_words
            and ranked.place = 1
    cross join places

),

led_on as (

    select
        *,
        max(case when place = 1 then step_key end) over (partition by asked_key) as spelling_key
    from steps

)

select
    name_words,
    name_key,
    {{ without_bank_words('name_words') }} as text_words,
    spelling_key,
    min(in_ledger_from) over (partition by spelling_key) as in_ledger_from,
    max(case when is_written_by_both then 1 else 0 end) over (partition by spelling_key) = 1 as is_written_by_both
from led_on
where place = 2
