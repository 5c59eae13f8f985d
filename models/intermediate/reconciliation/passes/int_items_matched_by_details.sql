{# One item that names several of the other side: an entry whose details or memo list invoices, a payment in the books
   that lists what the bank shows one by one. What it names adds up to it, and nothing else names any of it; the sum
   proves short numbers, and numbers that a list leaves the beginning of to the first, as well as long ones. What a
   processor's report says of its payout comes first: it says which amount is of which order. #}
with rules as (

    select * from {{ ref('int_rules_by_account') }}
    where
        pass_code = 'details'
        and difference_kind is null

),

payout_orders as (

    select * from {{ ref('int_payout_orders') }}
    where is_complete

),

payout_members as (

    select
        bank_item_id as item_id,
        calendar_code,
        rule_code,
        posting,
        difference_kind,
        match_id,
        wait_days,
        completed_day,
        completed_on
    from payout_orders
    union
    select
        ledger_item_id as item_id,
        calendar_code,
        rule_code,
        posting,
        difference_kind,
        match_id,
        wait_days,
        completed_day,
        completed_on
    from payout_orders

),

open_items as (

    select items.*
    from (
        {{ open_items('details') | indent(8) }}
    ) as items
    left join payout_members
        on items.item_id = payout_members.item_id
    where payout_members.item_id is null

),

named as (

    select
        open_items.item_id,
        open_items.account_id,
        open_items.calendar_code,
        open_items.currency,
        open_items.side,
        open_items.amount,
        open_items.business_day_number,
        open_items.counted_on,
        item_references.number
    from open_items
    inner join {{ ref('int_item_references') }} as item_references
        on open_items.item_id = item_references.item_id
    where
        item_references.reference_kind in ('words', 'short', 'listed')
        and item_references.is_on_both_sides
        and open_items.business_day_number is not null

),

numbers as (

    select
        account_id,
        currency,
        number
    from named
    group by account_id, currency, number
    having min(side) <> max(side)

),

{# A number that stood many times on both sides names nothing from then on. #}
naming as (

    select *
    from (
        select
            named.*,
            sum(case when named.side = 'bank' then 1 else 0 end) over so_far as bank_items,
            sum(case when named.side = 'ledger' then 1 else 0 end) over so_far as ledger_items
        from named
        inner join numbers
            on
                named.account_id = numbers.account_id
                and named.currency = numbers.currency
                and named.number = numbers.number
        window so_far as (
            partition by named.account_id, named.currency, named.number
            order by named.business_day_number
            range between unbounded preceding and current row
        )
    ) as counted
    where least(bank_items, ledger_items) <= 3

),

pairs as (

    select distinct
        one.item_id,
        one.side,
        one.account_id,
        one.calendar_code,
        one.amount,
        one.business_day_number,
        one.counted_on,
        other.item_id as other_item_id,
        other.amount as other_amount,
        other.business_day_number as other_day,
        other.counted_on as other_counted_on,
        greatest(one.business_day_number, other.business_day_number) as pair_day
    from naming as one
    inner join naming as other
        on
            one.account_id = other.account_id
            and one.currency = other.currency
            and one.number = other.number
            and one.side <> other.side

),

candidates as (

    select
        pairs.*,
        rules.rule_code,
        rules.posting,
        rules.wait_days,
        sum(pairs.other_amount) over so_far as named_amount,
        count(*) over so_far as named_items,
        min(pairs.pair_day) over (
            partition by pairs.other_item_id
            order by pairs.pair_day, pairs.item_id
            rows between unbounded preceding and 1 preceding
        ) as named_before_day,
        lead(pairs.pair_day) over (
            partition by pairs.other_item_id
            order by pairs.pair_day, pairs.item_id
        ) as named_again_day
    from pairs
    inner join rules
        on
            pairs.account_id = rules.account_id
            and case when pairs.side = 'bank' then 1 else -1 end * (pairs.business_day_number - pairs.other_day)
            between -rules.bank_days_before_ledger and rules.bank_days_after_ledger
    window so_far as (
        partition by pairs.item_id order by pairs.pair_day range between unbounded preceding and current row
    )

),

{# What is named up to the first day on which it adds up; what comes later changes nothing. #}
named_in_time as (

    select
        *,
        min(other_amount) over (partition by item_id, abs(other_amount))
        <> max(other_amount) over (partition by item_id, abs(other_amount)) as is_cancelled
    from (
        select
            *,
            min(case when named_amount = amount and named_items > 1 then pair_day end) over (partition by item_id)
                as completed_day
        from candidates
    ) as dated
    where pair_day <= completed_day

),

complete as (

    select
        item_id as naming_item_id,
        max(calendar_code) as calendar_code,
        max(rule_code) as rule_code,
        max(posting) as posting,
        max(wait_days) as wait_days,
        max(completed_day) as completed_day,
        greatest(max(counted_on), max(other_counted_on)) as completed_on
    from named_in_time
    group by item_id
    having
        {# What cancels proves nothing: neither two that take each other back, nor what stands beside the whole. #}
        max(case when is_cancelled or other_amount = amount then 1 else 0 end) = 0
        and max(named_before_day) is null
        and coalesce(min(named_again_day) > max(completed_day), true)

),

claimed_items as (

    select
        naming_item_id,
        naming_item_id as item_id
    from complete
    union all
    select
        item_id as naming_item_id,
        other_item_id as item_id
    from named_in_time

),

members as (

    select
        claimed_items.item_id,
        complete.calendar_code,
        complete.rule_code,
        complete.posting,
        cast(null as string) as difference_kind,
        {{ surrogate_key(['complete.rule_code', 'complete.naming_item_id']) }} as match_id,
        complete.wait_days,
        complete.completed_day,
        complete.completed_on
    from complete
    inner join claimed_items
        on complete.naming_item_id = claimed_items.naming_item_id
    union all
    select * from payout_members

)

{{ claims('members') }}
