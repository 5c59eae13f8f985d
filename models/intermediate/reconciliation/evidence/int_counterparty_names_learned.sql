{# Whom a name of the bank means in the books, told by payments and not by letters: a bank that writes kana where the
   books have kanji, a card's text for a shop. A payment of an amount that neither side has twice within days proves a
   pair of names, and so does a reference or a person's decision. All of it is counted as of each day, so what a day
   learned stands whatever comes later. #}
with items as (

    select
        item_id,
        account_id,
        currency,
        side,
        name_words,
        counterparty_key,
        amount,
        business_day_number,
        counted_on
    from {{ ref('int_items_counted') }}
    where
        item_kind in ('statement_line', 'journal_line')
        and business_day_number is not null
        and amount <> 0

),

amount_rules as (

    select * from {{ ref('int_rules_by_account') }}
    where
        pass_code = 'amount'
        and bank_key = 'any'

),

{# Of what a close took, the same counts as before it was closed. #}
told_matches as (

    select
        item_id,
        match_id
    from {{ ref('int_items_matched_by_reference') }}
    where posting = 'automatic'
    union all
    select
        item_id,
        match_id
    from {{ ref('int_items_matched_by_decision') }}
    union all
    select
        closed_matches.item_id,
        closed_matches.match_id
    from {{ ref('int_closed_matches') }} as closed_matches
    inner join {{ ref('match_rules') }} as rules
        on
            closed_matches.rule_code = rules.rule_code
            and rules.pass_code in ('reference', 'decision')
    left join {{ ref('int_matches_undone') }} as undone
        on closed_matches.match_id = undone.match_id
    where undone.match_id is null

),

told_items as (

    select
        told_matches.match_id,
        items.*
    from told_matches
    inner join items
        on told_matches.item_id = items.item_id
    where items.name_words is not null

),

told_pairs as (

    select
        bank.item_id as bank_item_id,
        bank.account_id,
        bank.name_words as bank_words,
        bank.counterparty_key as bank_key,
        ledger.name_words as ledger_words,
        greatest(bank.counted_on, ledger.counted_on) as met_on
    from told_items as bank
    inner join told_items as ledger
        on bank.match_id = ledger.match_id
    where
        bank.side = 'bank'
        and ledger.side = 'ledger'
        and ledger.counterparty_key is not null

),

amounts_of_several_names as (

    select
        account_id,
        currency,
        amount
    from items
    where name_words is not null
    group by account_id, currency, amount
    having
        min(side) <> max(side)
        and min(name_words) <> max(name_words)

),

{# A text that goes on with something of its own each time is told by its first three words. #}
bank_names as (

    select distinct
        items.name_words,
        case
            when parts.is_whole then items.name_words
            else {{ first_three_words('items.name_words') }}
        end as bank_words
    from items
    cross join (values (true), (false)) as parts (is_whole)
    where
        items.side = 'bank'
        and items.name_words is not null
        and (
            parts.is_whole
            or (items.counterparty_key is null and split_part(items.name_words, ' ', 4) <> '')
        )

),

{# Most names stand beside themselves alone and have nothing to learn: only the others are followed. #}
candidates as (

    select bank_words
    from (
        select bank_names.bank_words
        from items
        inner join bank_names
            on items.name_words = bank_names.name_words
        inner join amounts_of_several_names
            on
                items.account_id = amounts_of_several_names.account_id
                and items.currency = amounts_of_several_names.currency
                and items.amount = amounts_of_several_names.amount
        where items.side = 'bank'
        union all
        select bank_names.bank_words
        from told_pairs
        inner join bank_names
            on told_pairs.bank_words = bank_names.name_words
        where told_pairs.bank_words <> told_pairs.ledger_words
    ) as beside_others
    group by bank_words
    having count(*) >= {{ var('name_proofs') }}

),

amounts_of_candidates as (

    select distinct
        items.account_id,
        items.currency,
        items.amount
    from items
    inner join bank_names
        on items.name_words = bank_names.name_words
    inner join candidates
        on bank_names.bank_words = candidates.bank_words
    where items.side = 'bank'

),

{# Whatever its name, an item of the same amount can be the one that was paid. #}
neighbours as (

    select
        items.*,
        lag(items.business_day_number) over of_amount as previous_day,
        lead(items.business_day_number) over of_amount as next_day
    from items
    inner join amounts_of_candidates
        on
            items.account_id = amounts_of_candidates.account_id
            and items.currency = amounts_of_candidates.currency
            and items.amount = amounts_of_candidates.amount
    window of_amount as (
        partition by items.account_id, items.currency, items.side, items.amount
        order by items.business_day_number, items.item_id
    )

),

alone as (

    select
        neighbours.*,
        rules.bank_days_before_ledger,
        rules.bank_days_after_ledger
    from neighbours
    inner join amount_rules as rules
        on neighbours.account_id = rules.account_id
    where
        neighbours.name_words is not null
        and (
            neighbours.previous_day is null
            or neighbours.business_day_number - neighbours.previous_day
            > rules.bank_days_before_ledger + rules.bank_days_after_ledger
        )
        and (neighbours.next_day is null or neighbours.next_day > neighbours.business_day_number)

),

meetings as (

    select
        bank.item_id as bank_item_id,
        bank_names.bank_words,
        bank.counterparty_key as bank_key,
        ledger.name_words as ledger_words,
        cast(abs(bank.amount) as string) as amount_proof,
        cast(null as string) as told_proof,
        greatest(bank.counted_on, ledger.counted_on) as met_on
    from alone as bank
    inner join bank_names
        on bank.name_words = bank_names.name_words
    inner join candidates
        on bank_names.bank_words = candidates.bank_words
    inner join alone as ledger
        on
            bank.account_id = ledger.account_id
            and bank.currency = ledger.currency
            and bank.amount = ledger.amount
            and bank.business_day_number - ledger.business_day_number
            between -bank.bank_days_before_ledger and bank.bank_days_after_ledger
            and (bank.next_day is null or bank.next_day > ledger.business_day_number)
            and (ledger.next_day is null or bank.business_day_number < ledger.next_day)
    where
        bank.side = 'bank'
        and ledger.side = 'ledger'
        and ledger.counterparty_key is not null
    union all
    select
        told_pairs.bank_item_id,
        bank_names.bank_words,
        told_pairs.bank_key,
        told_pairs.ledger_words,
        cast(null as string) as amount_proof,
        told_pairs.bank_item_id as told_proof,
        told_pairs.met_on
    from told_pairs
    inner join bank_names
        on told_pairs.bank_words = bank_names.name_words
    inner join candidates
        on bank_names.bank_words = candidates.bank_words

),

paired as (

    select
        bank_words,
        ledger_words,
        max(bank_key) as bank_key,
        coalesce(max(told_proof), max(amount_proof)) as proof,
        min(met_on) as met_on
    from meetings
    group by bank_words, ledger_words, bank_item_id

),

{# Several payments of one amount prove no more than one does. #}
proofs as (

    select
        bank_words,
        ledger_words,
        max(bank_key) as bank_key,
        min(met_on) as met_on
    from paired
    group by bank_words, ledger_words, proof

),

{# A text of nothing but what banks write is nobody's name. Windows over one relation: what is read twice Spark computes
   twice. #}
paired_proofs as (

    select
        *,
        count(*) over (partition by bank_words, ledger_words) as proofs_in_all
    from proofs
    where not {{ regexp_is_found("bank_words || ' '", '^((' ~ var('bank_words') ~ ') )+$') }}

),

proofs_of_unknown as (

    select *
    from (
        select
            *,
            max(
                case
                    when
                        replace(bank_words, ' ', '') <> replace(ledger_words, ' ', '')
                        and proofs_in_all >= {{ var('name_proofs') }}
                        then 1
                    else 0
                end
            ) over (partition by bank_words) as is_unknown
        from paired_proofs
    ) as told
    where is_unknown = 1

),

counted as (

    select
        *,
        count(*) over (
            partition by bank_words, ledger_words
            order by met_on
            range between unbounded preceding and current row
        ) as proofs_of_pair,
        count(*) over (
            partition by bank_words
            order by met_on
            range between unbounded preceding and current row
        ) as proofs_of_name
    from proofs_of_unknown

),

days as (

    select distinct
        bank_words,
        met_on,
        proofs_of_name,
        max(bank_key) over (partition by bank_words) as bank_key,
        max(lpad(cast(proofs_of_pair as string), 9, '0') || ledger_words) over (
            partition by bank_words
            order by met_on
            range between unbounded preceding and current row
        ) as most_proved
    from counted

),

partners as (

    select
        bank_words as bank_name_words,
        bank_key as bank_counterparty_key,
        substring(most_proved, 10) as ledger_name_words,
        replace(substring(most_proved, 10), ' ', '') as ledger_counterparty_key,
        met_on,
        proofs_of_name,
        cast(left(most_proved, 9) as integer) as proofs_of_pair
    from days

),

{# A name that meets others in more than a quarter of its meetings is nobody's. Letters that could agree and do not ask
   for one proof more. #}
states as (

    select
        bank_name_words,
        met_on,
        case
            when
                proofs_of_pair >= {{ var('name_proofs') }}
                + case
                    when {{ names_another('bank_', 'ledger_') }} then 1
                    when {{ names_nobody_alike('bank_', 'ledger_') }} then 1
                    else 0
                end
                and proofs_of_pair * 4 >= proofs_of_name * 3
                then ledger_name_words
        end as ledger_name_words
    from partners

),

changes as (

    select *
    from (
        select
            *,
            lag(ledger_name_words) over (partition by bank_name_words order by met_on) as previous_words
        from states
    ) as compared
    where ledger_name_words is distinct from previous_words

),

periods as (

    select
        bank_name_words,
        ledger_name_words,
        met_on as learned_on,
        lead(met_on) over (partition by bank_name_words order by met_on) as doubted_on
    from changes

)

select
    periods.bank_name_words,
    periods.ledger_name_words,
    coalesce(counterparty_names.counterparty_key, replace(periods.ledger_name_words, ' ', '')) as counterparty_key,
    periods.learned_on,
    periods.doubted_on
from periods
left join {{ ref('int_counterparty_names') }} as counterparty_names
    on
        periods.ledger_name_words = counterparty_names.name_words
        and counterparty_names.is_field
        and counterparty_names.said_by is null
where replace(periods.bank_name_words, ' ', '') <> replace(periods.ledger_name_words, ' ', '')
