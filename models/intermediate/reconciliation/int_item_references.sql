{# The references that an item's texts name, in its fields, its memo and its details. Two items name the same thing when
   they share a number; of two numbers of one series one is not the other. A bare number in the field for it belongs to
   a series of its length and beginning. #}
with items as (

    select * from {{ ref('int_items_left_by_reference') }}

),

details as (

    select * from {{ ref('int_bank_line_references') }}

),

words as (

    select
        item_id,
        reference_key,
        {{ each_word('reference_words') }} as word
    from items
    union all
    select
        details.item_id,
        items.reference_key,
        {{ each_word('details.reference_words') }} as word
    from details
    inner join items
        on details.item_id = items.item_id

),

normalized as (

    select
        item_id,
        {{ normalized_reference('word') }} as reference,
        reference_key
    from words
    union all
    select
        item_id,
        reference_key as reference,
        reference_key
    from items
    where reference_key is not null

),

parted as (

    select
        item_id,
        {{ regexp_replace_all('reference', '[0-9].*$', '') }} as series,
        {{ regexp_replace_all(
            "translate(" ~ regexp_replace_all('reference', '^[^0-9]+', '') ~ ", '" ~ var('reference_slips_from') ~ "', '"
            ~ var('reference_slips_to') ~ "')",
            '^((19|20)[0-9][0-9])0+', '$1'
        ) }} as number,
        reference is not distinct from reference_key as is_field
    from normalized
    where {{ regexp_is_found('reference', '[0-9]') }}

),

told as (

    select
        item_id,
        number,
        case when series = 'CHEQUE' then 'cheque' else 'words' end as reference_kind,
        case
            when series = '' and is_field
                then '#' || cast(length(number) as string) || left(number, 2)
            else series
        end as series,
        is_field
    from parted
    where
        series = 'CHEQUE'
        or (
            length(number) >= 4
            and (series <> '' or is_field or not {{ regexp_is_found('number', '^(19|20)[0-9][0-9]$') }})
        )
    union all
    select
        item_id,
        number,
        'cheque' as reference_kind,
        '' as series,
        is_field
    from parted
    where
        series = ''
        and is_field
        and length(number) <= 10

)

select
    told.item_id,
    items.account_id,
    items.side,
    items.currency,
    told.reference_kind,
    told.number,
    told.series,
    max(case when told.is_field then 1 else 0 end) = 1 as is_field
from told
inner join items
    on told.item_id = items.item_id
group by
    told.item_id,
    items.account_id,
    items.side,
    items.currency,
    told.reference_kind,
    told.number,
    told.series
