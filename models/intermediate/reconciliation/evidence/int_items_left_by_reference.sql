{# What is left is told by more than a reference: from here on the counterparty's key is that of whoever is named, by
   letters or as the payments before it taught. The owner of the accounts is nobody's counterparty. #}
with owner_names as (

    select distinct owner_name
    from {{ ref('int_bank_statements_linked') }}
    where owner_name is not null

),

{{ lettered('owner_names', ['owner_name']) }},

owners as (

    select distinct replace({{ name_words('owner_name_letters') }}, ' ', '') as owner_key
    from lettered

),

learned_names as (

    select learned.*
    from {{ ref('int_counterparty_names_learned') }} as learned
    left join owners
        on replace(learned.ledger_name_words, ' ', '') = owners.owner_key
    where owners.owner_key is null

),

{# A text that goes on with something of its own is known by how it begins. #}
known_names as (

    select
        bank_name_words as name_words,
        bank_name_words
    from learned_names
    union distinct
    select
        texts.name_words,
        learned_names.bank_name_words
    from (
        select distinct name_words
        from {{ ref('int_items_counted') }}
        where
            side = 'bank'
            and counterparty_key is null
            and split_part(name_words, ' ', 4) <> ''
    ) as texts
    inner join learned_names
        on {{ first_three_words('texts.name_words') }} = learned_names.bank_name_words

),

{# Every payment under a name that was learned, whether it is open or not, in runs of one amount that follow each other
   so closely that one could be taken for another. #}
payments as (

    select
        item_id,
        account_id,
        currency,
        bank_name_words,
        name_words,
        amount,
        item_on,
        sum(case when business_day_number - previous_day <= {{ var('repeated_days') }} then 0 else 1 end) over (
            partition by account_id, currency, bank_name_words, amount
            order by business_day_number, item_id
            rows between unbounded preceding and current row
        ) as run_number
    from (
        select
            items.item_id,
            items.account_id,
            items.currency,
            known_names.bank_name_words,
            items.name_words,
            items.amount,
            items.item_on,
            items.business_day_number,
            lag(items.business_day_number) over (
                partition by items.account_id, items.currency, known_names.bank_name_words, items.amount
                order by items.business_day_number, items.item_id
            ) as previous_day
        from {{ ref('int_items_counted') }} as items
        inner join known_names
            on items.name_words = known_names.name_words
        where
            items.side = 'bank'
            and items.business_day_number is not null
    ) as followed

),

runs as (

    select
        *,
        min(item_on) over (partition by account_id, currency, bank_name_words, amount, run_number) as run_began_on
    from payments

),

{# A name tells what came after it was learned; an item from before, and one that follows an equal one from before,
   which may still wait for what this one would take, are told by it later, from the day on which it was learned. #}
learned as (

    select
        runs.item_id,
        {# Both spellings: a name in the letters of either can speak against it. #}
        learned_names.ledger_name_words || ' ' || learned_names.bank_name_words as name_words,
        learned_names.counterparty_key,
        runs.name_words <> learned_names.bank_name_words as is_by_beginning,
        case when runs.run_began_on <= learned_names.learned_on then learned_names.learned_on end as known_on,
        row_number() over (
            partition by runs.item_id
            order by
                case when runs.run_began_on > learned_names.learned_on then 0 else 1 end,
                case when runs.run_began_on <= learned_names.learned_on then learned_names.learned_on end,
                length(learned_names.bank_name_words) desc
        ) as place
    from runs
    inner join learned_names
        on
            runs.bank_name_words = learned_names.bank_name_words
            and (
                runs.run_began_on <= learned_names.learned_on
                or learned_names.doubted_on is null
                or runs.item_on <= learned_names.doubted_on
            )

),

{# What the bank charges has no counterparty but the bank: the same words on both sides say what it is for. #}
charge_texts as (

    select distinct
        account_id,
        side,
        name_words
    from {{ ref('int_items_counted') }}
    where
        counterparty_key is null
        and name_words is not null
        and amount < 0
        and {{ tells_charge('memo') }}

),

charges as (

    select
        ledger_texts.account_id,
        ledger_texts.name_words as ledger_words,
        bank_texts.name_words as bank_words,
        row_number() over (
            partition by ledger_texts.account_id, ledger_texts.name_words
            order by length(bank_texts.name_words) desc, bank_texts.name_words
        ) as place
    from charge_texts as ledger_texts
    inner join charge_texts as bank_texts
        on
            ledger_texts.account_id = bank_texts.account_id
            and position(' ' || bank_texts.name_words || ' ' in ' ' || ledger_texts.name_words || ' ') > 0
    where
        ledger_texts.side = 'ledger'
        and bank_texts.side = 'bank'

),

charge_keys as (

    select distinct
        account_id,
        'bank' as side,
        bank_words as name_words,
        replace(bank_words, ' ', '') as counterparty_key
    from charges
    union all
    select
        account_id,
        'ledger' as side,
        ledger_words as name_words,
        replace(bank_words, ' ', '') as counterparty_key
    from charges
    where place = 1

),

{# Two counterparties of the books that their legal forms alone tell apart have one name: where the bank tells the form
   too it belongs to the key, and a name without a form is nobody's. #}
names_of_several_forms as (

    select
        named.account_id,
        names_of_fields.counterparty_key
    from (
        select distinct
            account_id,
            side,
            counterparty,
            name_words
        from {{ ref('int_items_counted') }}
        where counterparty_key is not null
    ) as named
    inner join {{ ref('int_counterparty_names') }} as names_of_fields
        on
            named.name_words = names_of_fields.name_words
            and names_of_fields.is_field
            and names_of_fields.said_by is null
    group by named.account_id, names_of_fields.counterparty_key
    having
        min(case when named.side = 'ledger' then {{ legal_form('named.counterparty') }} end)
        <> max(case when named.side = 'ledger' then {{ legal_form('named.counterparty') }} end)
        and max(case when named.side = 'bank' then {{ legal_form('named.counterparty') }} end) is not null

),

{# Told by their ids first, and joined with the table under the pool: else DuckDB, which takes the pool for a thousand
   rows, builds a hash of all its columns. #}
left_items as (

    select
        pool.item_id,
        pool.amount,
        pool.is_held
    from {{ ref('int_items_pool') }} as pool
    left join {{ ref('int_items_matched_by_reference') }} as claimed
        on
            pool.item_id = claimed.item_id
            and claimed.posting = 'automatic'
    where claimed.item_id is null

),

{# Who is named beside a payer whom the books do not have; of several the one of whom they were first to expect the
   amount, and had not had it from them. #}
named_by_payers as (

    select distinct
        items.item_id,
        items.account_id,
        items.currency,
        items.amount,
        items.business_day_number,
        beside_names.counterparty_key
    from {{ ref('int_counterparty_names') }} as beside_names
    inner join {{ ref('int_items_counted') }} as items
        on
            beside_names.name_words = items.name_words
            and items.side = 'bank'
            and items.counterparty_key is not null
            and beside_names.said_by in (items.memo, items.counterparty)
            and (beside_names.said_until_on is null or beside_names.said_until_on > items.item_on)
    where beside_names.said_by is not null

),

of_those_named as (

    select
        named_by_payers.item_id,
        named_by_payers.counterparty_key,
        case when items.side = 'ledger' then 1 else -1 end as expected,
        greatest(named_by_payers.business_day_number, items.business_day_number) as known_day
    from named_by_payers
    inner join {{ ref('int_items_counted') }} as items
        on
            named_by_payers.account_id = items.account_id
            and named_by_payers.currency = items.currency
            and named_by_payers.amount = items.amount
            and abs(named_by_payers.business_day_number - items.business_day_number) <= {{ var('repeated_days') }}
    inner join {{ ref('int_counterparty_names') }} as names_of_the_books
        on
            items.name_words = names_of_the_books.name_words
            and names_of_the_books.is_field
            and names_of_the_books.said_by is null
            and named_by_payers.counterparty_key = names_of_the_books.counterparty_key
    where items.counterparty_key is not null

),

expected_of as (

    select
        item_id,
        counterparty_key,
        min(known_day) as known_day
    from (
        select
            *,
            sum(expected) over (
                partition by item_id, counterparty_key
                order by known_day
                range between unbounded preceding and current row
            ) as still_expected
        from of_those_named
    ) as counted
    where still_expected > 0
    group by item_id, counterparty_key

),

named_in_order as (

    select
        named_by_payers.item_id,
        named_by_payers.counterparty_key,
        expected_of.known_day,
        count(*) over (partition by named_by_payers.item_id) as names_of_item,
        rank() over (
            partition by named_by_payers.item_id order by coalesce(expected_of.known_day, 999999)
        ) as place
    from named_by_payers
    left join expected_of
        on
            named_by_payers.item_id = expected_of.item_id
            and named_by_payers.counterparty_key = expected_of.counterparty_key

),

paid_for as (

    select
        item_id,
        max(counterparty_key) as counterparty_key
    from named_in_order
    where
        place = 1
        and (names_of_item = 1 or known_day is not null)
    group by item_id
    having count(*) = 1

)

{# What a text has whole, or cut short, says more than how it begins. #}
{% set is_known_better = '(not learned.is_by_beginning or coalesce(counterparty_names.likeness, 9) > 3)' -%}
{% set is_known_at_once = 'learned.known_on is null and ' ~ is_known_better -%}
select
    {{ pool_item_columns(
        'items',
        instead={
            'amount': 'left_items.amount',
            'is_held': 'left_items.is_held',
            'counterparty_key': 'case when owners.owner_key is null then'
            ~ ' coalesce(case when ' ~ is_known_at_once ~ ' then learned.counterparty_key end, paid_for.counterparty_key, counterparty_names.counterparty_key,'
            ~ ' items.counterparty_key, charge_keys.counterparty_key)'
            ~ ' || case when names_of_several_forms.counterparty_key is null then \'\' else'
            ~ ' coalesce(\' \' || ' ~ legal_form('items.counterparty') ~ ', \'\') end end',
            'name_words': 'case when owners.owner_key is null then'
            ~ ' coalesce(case when ' ~ is_known_at_once ~ ' then learned.name_words end, items.name_words) end',
        },
    ) }},
    items.side = 'ledger' and {{ has_word('items.memo', 'promise_words') }} as is_promised,
    known_days.date_on as known_on,
    known_days.business_day_number as known_day,
    case when known_days.date_on is not null then learned.counterparty_key end as later_counterparty_key,
    case when known_days.date_on is not null then learned.name_words end as later_name_words
from left_items
inner join {{ ref('int_items_counted') }} as items
    on left_items.item_id = items.item_id
left join {{ ref('int_counterparty_names') }} as counterparty_names
    on
        items.name_words = counterparty_names.name_words
        and (items.counterparty_key is not null) = counterparty_names.is_field
        and counterparty_names.said_by is null
left join paid_for
    on items.item_id = paid_for.item_id
left join learned
    on
        items.item_id = learned.item_id
        and learned.place = 1
left join charge_keys
    on
        items.account_id = charge_keys.account_id
        and items.side = charge_keys.side
        and case when items.counterparty_key is null and items.amount < 0 then items.name_words end
        = charge_keys.name_words
left join names_of_several_forms
    on
        items.account_id = names_of_several_forms.account_id
        and counterparty_names.counterparty_key = names_of_several_forms.counterparty_key
left join owners
    on replace(items.name_words, ' ', '') = owners.owner_key
left join {{ ref('dim_business_dates') }} as known_days
    on
        items.calendar_code = known_days.calendar_code
        and case when {{ is_known_better }} and owners.owner_key is null then learned.known_on end = known_days.date_on
