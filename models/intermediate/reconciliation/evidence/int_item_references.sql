{# The references that an item's texts name, in its fields, its memo and its details. Two items name the same thing when
   they share a number; of two numbers of one series one is not the other. A bare number in the field for it, or
   whose digits something parts, belongs to a series of its length and beginning. #}
{%- set number_before_name = '(.*[/-])?([0-9]{8,})[/-](.*[/-])?\\p{L}{3,}([/.-].*)?' %}
{%- set number_between = '[0-9]{1,3}/([0-9]{8,})-[0-9PX]' %}
{%- set number_in_word = '^(?:' ~ number_before_name ~ '|' ~ number_between ~ ')$' %}

with items as (

    select * from {{ ref('int_items_left_by_reference') }}

),

details as (

    select * from {{ ref('int_bank_line_references') }}

),

words as (

    select
        item_id,
        {{ each_word('reference_words') }} as word
    from items
    union all
    select
        item_id,
        {{ each_word('reference_words') }} as word
    from details

),

{# Of several numbers of one shape that slashes join, each is one: RG-2026-05348/2026-05328. #}
joined_words as (

    select
        *,
        {{ each_word("replace(word, '/', ' ')") }} as part
    from (
        select
            item_id,
            {{ regexp_replace_all('word', '^[^0-9/]*-', '') }} as word
        from words
        where {{ regexp_is_found('word', '^[^/]{6,}(/[^/]{6,})+$') }}
    ) as joined

),

{# A bank may write the number of a payment and the name behind it in one word: UPI/608910003380/SANJAY; and a slip's
   between its portfolio and the digit that checks it: 109/30000123-7. #}
numbers_in_words as (

    select
        item_id,
        {{ regexp_replace_all('word', number_in_word, '$2$5') }} as word
    from words
    where {{ regexp_is_found('word', number_in_word) }}

),

{# A list may leave out how the numbers behind the first begin: 2026/0131, 0134, 0137. #}
listed_words as (

    select
        item_id,
        {{ each_word("reference_words || ' ' || replace(reference_words, '/', ' ')") }} as word
    from items
    where
        length(reference_words) <= 400
        and {{ regexp_is_found('reference_words', '(^|[ /])[0-9]{2,6}([ /]|$)') }}
        and {{ regexp_is_found('reference_words', '[ /]') }}

),

completed_words as (

    select distinct
        ends.item_id,
        left(firsts.word, length(firsts.word) - length(ends.word)) || ends.word as word
    from listed_words as ends
    inner join listed_words as firsts
        on ends.item_id = firsts.item_id
    where
        {{ regexp_is_found('ends.word', '^[0-9]{2,6}$') }}
        and not {{ regexp_is_found('ends.word', '^(19|20)[0-9][0-9]$') }}
        and ends.word <> right(firsts.word, length(ends.word))
        and length(firsts.word) >= greatest(length(ends.word), 5)
        and {{ regexp_is_found('right(firsts.word, length(ends.word))', '^[0-9]+$') }}
    union
    select
        item_id,
        split_part(word, '/', 1) as word
    from listed_words
    where {{ regexp_is_found('word', '^[^/]*[0-9]{4}(/[0-9]{2,6})+$') }}

),

{# Most fields are one of the words already. #}
fields as (

    select
        item_id,
        reference as word
    from items
    where
        reference is not null
        and (
            reference_words is null
            or position(' ' in reference) > 0
            or position(' ' || {{ upper_case('reference') }} || ' ' in ' ' || reference_words || ' ') = 0
        )

),

texts as (

    select
        items.item_id,
        items.account_id,
        items.side,
        items.currency,
        items.reference_key,
        words_and_fields.word,
        {{ upper_case('words_and_fields.word') }} as reference_text,
        words_and_fields.is_completed
    from (
        select
            *,
            false as is_completed
        from words
        union all
        select
            *,
            true as is_completed
        from completed_words
        union all
        select
            item_id,
            part as word,
            false as is_completed
        from joined_words
        where
            {{ regexp_replace_all('word', '[0-9]', '0') }} || '/' = repeat(
                {{ regexp_replace_all('part', '[0-9]', '0') }} || '/',
                cast(floor((length(word) + 1) / (length(part) + 1)) as integer)
            )
        union all
        select
            *,
            false as is_completed
        from numbers_in_words
        where not {{ regexp_is_found('word', '^(19|20)[0-9]{6}$') }}
        union all
        select
            *,
            false as is_completed
        from fields
    ) as words_and_fields
    inner join items
        on words_and_fields.item_id = items.item_id
    where {{ regexp_is_found('words_and_fields.word', '[0-9]') }}

),

{# The number is what is left without the letters before it, once letters that are read for digits are digits; a single
   one of these in front of a digit is one. Without any the reference is the number. #}
parted as (

    select
        item_id,
        account_id,
        side,
        currency,
        reference_key,
        {{ normalized_reference('word') }} as reference,
        case
            when {{ regexp_is_found('reference_text', '^[^0-9]{2}|[' ~ var('reference_slips_from') ~ ']') }}
                then translate(
                    {{ regexp_replace_all('upper(word)', '^[^0-9]{2,}', '') }},
                    '{{ var("reference_slips_from") }}',
                    '{{ var("reference_slips_to") }}'
                )
        end as number_text,
        reference_text,
        is_completed
    from texts

),

numbered as (

    select
        item_id,
        account_id,
        side,
        currency,
        reference_key,
        reference,
        number_text,
        {{ normalized_reference('number_text') }} as number,
        reference_text,
        is_completed
    from parted

),

lettered as (

    select
        item_id,
        account_id,
        side,
        currency,
        case
            when {{ regexp_is_found('reference', '^[0-9]') }} then ''
            else {{ regexp_replace_all('reference', '^[' ~ var('reference_slips_from') ~ '][0-9]|[0-9].*$', '') }}
        end as series,
        {{ regexp_replace_all(
            'case when number_text is null then reference else number end', '^[^0-9]+', ''
        ) }} as number,
        reference_text,
        reference = reference_key as is_field,
        is_completed
    from numbered

),

{# An entry is about the number in its field; others of the series in its text are what it mentions (INV-2 follows). #}
meant as (

    select
        *,
        side = 'ledger'
        and series not in ('', 'CHEQUE')
        and max(case when is_field then 1 else 0 end) over (partition by item_id, series) = 1
        and not is_field as is_mentioned
    from lettered

),

{# A short number tells something with its series only. #}
told as (

    select
        item_id,
        account_id,
        side,
        currency,
        case when length(number) < 4 then series || number else number end as number,
        case when series = 'CHEQUE' then 'cheque' else 'words' end as reference_kind,
        case
            when {{ regexp_is_found('reference_text', '^(19|20)[0-9][0-9]/[0-9]+$') }}
                then '#/' || cast(length(reference_text) as string)
            when
                series = ''
                and (is_field or {{ is_parted_number('reference_text') }})
                then '#' || cast(length(number) as string) || left(number, 2)
            else series
        end as series,
        reference_text,
        is_field
    from meant
    where
        not is_completed
        and not is_mentioned
        and (
            series = 'CHEQUE'
            or is_field
            or length(series) + length(number) >= 10
            or (
                {{ regexp_is_found('reference_text', '([0-9][^0-9]*){4}') }}
                and not (series = '' and {{ regexp_is_found('number', '^(19|20)[0-9][0-9]$') }})
            )
        )
    union all
    {# Whether the other side has it, and whether it adds up, decides whether it was meant. #}
    select
        item_id,
        account_id,
        side,
        currency,
        number,
        'listed' as reference_kind,
        '' as series,
        reference_text,
        false as is_field
    from meant
    where
        (is_completed or is_mentioned)
        and length(number) >= 4
    union all
    select
        item_id,
        account_id,
        side,
        currency,
        'CHEQUE' || number as number,
        'cheque' as reference_kind,
        '' as series,
        reference_text,
        is_field
    from lettered
    where
        series = ''
        and is_field
        and not is_completed
        and length(number) < 4
    union all
    select
        item_id,
        account_id,
        side,
        currency,
        number,
        'cheque' as reference_kind,
        '' as series,
        reference_text,
        is_field
    from lettered
    where
        series = ''
        and is_field
        and not is_completed
        and length(number) between 4 and 10
    union all
    {# A letter or two and three digits, as a deposit slip has them, tell something together with a sum. #}
    select
        item_id,
        account_id,
        side,
        currency,
        reference_text as number,
        'short' as reference_kind,
        '' as series,
        reference_text,
        is_field
    from lettered
    where
        not is_completed
        and {{ regexp_is_found('reference_text', '^\\p{L}{1,2}-?[0-9]{3}$') }}

),

named as (

    select
        item_id,
        account_id,
        side,
        currency,
        reference_kind,
        number,
        series,
        min(reference_text) as reference_text,
        max(case when is_field then 1 else 0 end) = 1 as is_field
    from told
    group by
        item_id,
        account_id,
        side,
        currency,
        reference_kind,
        number,
        series

),

numbers_on_both_sides as (

    select
        account_id,
        currency,
        kind_compared,
        number
    from (
        select
            *,
            case when reference_kind = 'listed' then 'words' else reference_kind end as kind_compared
        from named
    ) as compared
    group by account_id, currency, kind_compared, number
    having
        min(side) <> max(side)
        and max(reference_kind) <> 'listed'

)

select
    named.item_id,
    named.account_id,
    named.side,
    named.currency,
    named.reference_kind,
    named.number,
    named.series,
    named.reference_text,
    named.is_field,
    numbers_on_both_sides.number is not null as is_on_both_sides
from named
left join numbers_on_both_sides
    on
        named.account_id = numbers_on_both_sides.account_id
        and named.currency = numbers_on_both_sides.currency
        and case when named.reference_kind = 'listed' then 'words' else named.reference_kind end
        = numbers_on_both_sides.kind_compared
        and named.number = numbers_on_both_sides.number
where
    named.reference_kind <> 'listed'
    or numbers_on_both_sides.number is not null
