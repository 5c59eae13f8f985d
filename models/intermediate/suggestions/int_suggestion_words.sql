{# A word that comes twice in an item is two words, so that J J is more than J. #}
with items as (

    select * from {{ ref('int_suggestion_items') }}

),

places as (

    {% for place in range(1, var('suggestion_words') + 1) -%}
    select {{ place }} as place
    {{- '' if loop.last else '\n    union all\n    ' }}
    {%- endfor %}

),

words as (

    select
        items.item_id,
        items.account_id,
        items.side,
        items.currency,
        items.party_words,
        split_part(items.words, ' ', places.place) as bare_word,
        split_part(items.words, ' ', places.place + 1) = '' as is_last,
        places.place,
        items.day_number,
        items.pool_items
    from items
    cross join places

),

numbered as (

    select
        *,
        row_number() over (partition by item_id, bare_word order by place) as occurrence
    from words
    where bare_word <> ''

),

named as (

    select
        *,
        case when occurrence = 1 then bare_word else bare_word || ' ' || cast(occurrence as string) end as word,
        {{ regexp_is_found(
            'bare_word', '^(' ~ var('legal_forms') ~ '|' ~ var('titles') ~ '|' ~ var('bank_words') ~ ')$'
        ) }} as is_common
    from numbered

),

counted as (

    select
        *,
        count(*) over (partition by account_id, currency, word) as word_items,
        count(*) over (partition by account_id, currency, word, side) as side_items
    from named

)

select
    item_id,
    account_id,
    side,
    currency,
    word,
    day_number,
    cast(word_items as integer) as word_items,
    {{ rarity_bits('word_items', 'pool_items + ' ~ var('suggestion_unseen_items')) }} as bits,
    is_last and length(word) >= 2 as may_be_cut,
    is_common,
    length(bare_word) >= {{ var('telling_reference_length') }}
    and {{ regexp_is_found('bare_word', '[0-9]') }}
    and {{ is_long_number('bare_word') }} as is_telling,
    length({{ regexp_replace_all('bare_word', '[^0-9]', '') }}) as number_length,
    not is_common
    and {{ regexp_is_found('bare_word', '^\\p{L}{3,}$') }}
    and (party_words is null or position(' ' || bare_word || ' ' in ' ' || party_words || ' ') > 0) as is_of_name,
    word_items = side_items as is_foreign
from counted
