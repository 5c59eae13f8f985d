{# One item that names several of the other side: an entry whose details or memo list invoices, a payment in the books
   that lists what the bank shows one by one. What it names adds up to it, and nothing else names any of it. #}
with rules as (

    select * from {{ ref('int_rules_by_account') }}
    where pass_code = 'details'

),

open_items as (

    {{ open_items('details') }}

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
        item_references.reference_kind = 'words'
        and open_items.business_day_number is not null

),

{# A number that stands many times on both sides names nothing. #}
numbers as (

    select
        account_id,
        currency,
        number
    from named
    group by account_id, currency, number
    having
        least(sum(case when side = 'bank' then 1 else 0 end), sum(case when side = 'ledger' then 1 else 0 end))
        between 1 and 3

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
        other.counted_on as other_counted_on
    from numbers
    inner join named as one
        on
            numbers.account_id = one.account_id
            and numbers.currency = one.currency
            and numbers.number = one.number
    inner join named as other
        on
            numbers.account_id = other.account_id
            and numbers.currency = other.currency
            and numbers.number = other.number
            and one.side <> other.side

),

candidates as (

    select
        pairs.*,
        rules.rule_code,
        rules.posting,
        rules.wait_days,
        count(*) over (partition by pairs.other_item_id) as items_that_name_it
    from pairs
    inner join rules
        on
            pairs.account_id = rules.account_id
            and case when pairs.side = 'bank' then 1 else -1 end * (pairs.business_day_number - pairs.other_day)
            between -rules.bank_days_before_ledger and rules.bank_days_after_ledger

),

complete as (

    select
        item_id as naming_item_id,
        max(calendar_code) as calendar_code,
        max(rule_code) as rule_code,
        max(posting) as posting,
        max(wait_days) as wait_days,
        greatest(max(business_day_number), max(other_day)) as completed_day,
        greatest(max(counted_on), max(other_counted_on)) as completed_on
    from candidates
    group by item_id
    having
        count(*) > 1
        and max(items_that_name_it) = 1
        and sum(other_amount) = max(amount)

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
    from candidates

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

)

{{ claims('members') }}
