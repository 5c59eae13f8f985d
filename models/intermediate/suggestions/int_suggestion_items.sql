{#- Payments taught names of open items alone: another pool may come without. -#}
{%- set learned = 'name_words' if var('suggestion_pool') == 'int_items_open' else 'cast(null as string)' -%}
with items as (

    select * from {{ ref(var('suggestion_pool')) }}
    where
        item_kind in ('statement_line', 'journal_line')
        and not is_held
        and amount <> 0

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
    item_id,
    account_id,
    side,
    currency,
    reference_key,
    words,
    party_words,
    split_part(words, ' ', 1) || ' ' || left(split_part(words, ' ', 2), 1) as start_of_words,
    {{ digits_of_amount('amount') }} as digits,
    {{ days_between("cast('1970-01-01' as date)", 'item_on') }} as day_number,
    cast(floor({{ log_scaled('abs(amount)', var('suggestion_amount_ratio')) }}) as integer) as amount_bucket,
    count(*) over (partition by account_id, currency) as pool_items,
    count(*) over (partition by account_id, currency, amount) as amount_items,
    amount,
    tells_charge,
    item_on
from named
