{#- Payments taught names of open items alone: another pool may come without. -#}
{%- set is_open = var('suggestion_pool') == 'int_items_open' -%}
{%- set learned = 'name_words' if is_open else 'cast(null as string)' -%}
with items as (

    select
        *,
        {{ 'coalesce(later_counterparty_key, counterparty_key)' if is_open else 'counterparty_key' }} as party_key
    from {{ ref(var('suggestion_pool')) }}
    where
        item_kind in ('statement_line', 'journal_line')
        and not is_held
        and amount <> 0

),

parties as (

    select * from {{ ref('int_suggestion_parties') }}

),

{# A name that is no party's own may be part of the names of several, or have initials of theirs. #}
names as (

    select distinct
        items.name_words,
        {{ each_word('items.name_words') }} as word
    from items
    left join parties
        on items.party_key = parties.party_key
    where
        items.side = 'bank'
        and parties.party_key is null

),

party_words as (

    select distinct
        party_key,
        {{ each_word("party_name || ' ' || " ~ regexp_replace_all('party_name', '(\\p{L})\\p{L}*', '$1')) }} as word
    from parties

),

carried as (

    select
        names.name_words,
        party_words.party_key,
        count(*) as carried_words
    from names
    inner join party_words
        on names.word = party_words.word
    group by names.name_words, party_words.party_key

),

lengths as (

    select
        name_words,
        count(*) as name_length
    from names
    group by name_words

),

carriers as (

    select
        carried.name_words,
        count(*) as carriers
    from carried
    inner join lengths
        on
            carried.name_words = lengths.name_words
            and carried.carried_words = lengths.name_length
    group by carried.name_words

),

{# A memo that begins with the counterparty says it once. #}
worded as (

    select
        *,
        {{ words_of_text(
            "case when position(upper(counterparty) in upper(memo)) > 0 then '' else coalesce(counterparty, '') end"
            ~ " || ' ' || coalesce(memo, '') || ' ' || coalesce(reference, '')"
        ) }} as item_words,
        {{ words_of_text('counterparty') }} as party_words,
        amount < 0 and {{ tells_charge("coalesce(counterparty, '') || ' ' || coalesce(memo, '')") }} as tells_charge
    from items

),

{# In other letters, or under a name that payments taught, whom an item means is said once more. #}
named as (

    select
        *,
        case
            when
                {{ learned }} is not null
                and position(' ' || split_part({{ learned }}, ' ', 1) || ' ' in ' ' || item_words || ' ') = 0
                then trim(item_words || ' ' || {{ learned }})
            else item_words
        end as words
    from worded

)

select
    named.item_id,
    named.account_id,
    named.side,
    named.currency,
    named.reference_key,
    named.words,
    named.party_words,
    named.party_key,
    split_part(named.words, ' ', 1) || ' ' || left(split_part(named.words, ' ', 2), 1) as start_of_words,
    {{ digits_of_amount('named.amount') }} as digits,
    {{ days_between("cast('1970-01-01' as date)", 'named.item_on') }} as day_number,
    cast(floor({{ log_scaled('abs(named.amount)', var('suggestion_amount_ratio')) }}) as integer) as amount_bucket,
    count(*) over (partition by named.account_id, named.currency) as pool_items,
    count(*) over (partition by named.account_id, named.currency, named.amount) as amount_items,
    coalesce(parties.party_items, 0) as party_items,
    cast(case when parties.party_key is null then coalesce(carriers.carriers, 0) else 0 end as integer) as carriers,
    named.amount,
    named.tells_charge,
    named.item_on
from named
left join parties
    on named.party_key = parties.party_key
left join carriers
    on named.name_words = carriers.name_words
