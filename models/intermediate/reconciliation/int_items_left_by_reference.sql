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

{# Every payment under a name that was learned, whether it is open or not, in runs of one amount that follow each other
   so closely that one could be taken for another. #}
payments as (

    select
        item_id,
        account_id,
        currency,
        name_words,
        amount,
        item_on,
        sum(case when business_day_number - previous_day <= {{ var('repeated_days') }} then 0 else 1 end) over (
            partition by account_id, currency, name_words, amount
            order by business_day_number, item_id
            rows between unbounded preceding and current row
        ) as run_number
    from (
        select
            items.item_id,
            items.account_id,
            items.currency,
            items.name_words,
            items.amount,
            items.item_on,
            items.business_day_number,
            lag(items.business_day_number) over (
                partition by items.account_id, items.currency, items.name_words, items.amount
                order by items.business_day_number, items.item_id
            ) as previous_day
        from {{ ref('int_items_counted') }} as items
        inner join (
            select distinct
                account_id,
                bank_name_words
            from learned_names
        ) as known
            on
                items.account_id = known.account_id
                and items.name_words = known.bank_name_words
        where
            items.side = 'bank'
            and items.business_day_number is not null
    ) as followed

),

runs as (

    select
        *,
        min(item_on) over (partition by account_id, currency, name_words, amount, run_number) as run_began_on
    from payments

),

{# A name tells what came after it was learned: neither an item from before, nor one that follows an equal one from
   before, which may still wait for what this one would take. #}
learned as (

    select
        runs.item_id,
        {# Both spellings: a name in the letters of either can speak against it. #}
        learned_names.ledger_name_words || ' ' || learned_names.bank_name_words as name_words,
        learned_names.counterparty_key
    from runs
    inner join learned_names
        on
            runs.account_id = learned_names.account_id
            and runs.name_words = learned_names.bank_name_words
            and runs.run_began_on > learned_names.learned_on
            and (learned_names.doubted_on is null or runs.item_on <= learned_names.doubted_on)

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

)

select
    {{ pool_item_columns(
        'items',
        instead={
            'amount': 'left_items.amount',
            'is_held': 'left_items.is_held',
            'counterparty_key': 'case when owners.owner_key is null then'
            ~ ' coalesce(learned.counterparty_key, counterparty_names.counterparty_key, items.counterparty_key) end',
            'name_words': 'case when owners.owner_key is null then coalesce(learned.name_words, items.name_words) end',
        },
    ) }}
from left_items
inner join {{ ref('int_items_counted') }} as items
    on left_items.item_id = items.item_id
left join {{ ref('int_counterparty_names') }} as counterparty_names
    on
        items.name_words = counterparty_names.name_words
        and (items.counterparty_key is not null) = counterparty_names.is_field
left join learned
    on items.item_id = learned.item_id
left join owners
    on replace(items.name_words, ' ', '') = owners.owner_key
