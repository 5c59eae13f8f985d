with standing_matches as (

    select distinct closed_matches.match_id
    from {{ ref('int_closed_matches') }} as closed_matches
    left join {{ ref('int_matches_undone') }} as undone
        on closed_matches.match_id = undone.match_id
    where undone.match_id is null

),

first_open_date as (

    select * from {{ ref('int_first_open_date') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

business_dates as (

    select * from {{ ref('int_business_dates') }}

),

{# What a close froze stays as it was; only the keys that passes compare are taken from the item as it is now. #}
frozen_items as (

    select
        closed_items.item_id,
        closed_items.origin_item_id,
        closed_items.account_id,
        closed_items.side,
        closed_items.item_kind,
        closed_items.currency,
        closed_items.reference,
        closed_items.counterparty,
        closed_items.memo,
        coalesce(source_items.reference_key, closed_items.reference_key) as reference_key,
        source_items.reference_words,
        coalesce(source_items.counterparty_key, closed_items.counterparty_key) as counterparty_key,
        source_items.name_words,
        closed_items.original_currency,
        closed_items.source_hash as file_hash,
        closed_items.source_line as line_number,
        closed_items.amount,
        closed_items.original_amount,
        source_items.charges_amount,
        coalesce(source_items.is_reversal, false) as is_reversal,
        true as is_frozen,
        closed_items.item_on,
        closed_items.counted_on
    from {{ ref('int_closed_items') }} as closed_items
    left join {{ ref('int_items_delivered') }} as source_items
        on closed_items.item_id = source_items.item_id

),

new_items as (

    select
        source_items.item_id,
        source_items.item_id as origin_item_id,
        source_items.account_id,
        source_items.side,
        source_items.item_kind,
        source_items.currency,
        source_items.reference,
        source_items.counterparty,
        source_items.memo,
        source_items.reference_key,
        source_items.reference_words,
        source_items.counterparty_key,
        source_items.name_words,
        source_items.original_currency,
        source_items.file_hash,
        source_items.line_number,
        source_items.amount,
        source_items.original_amount,
        source_items.charges_amount,
        source_items.is_reversal,
        false as is_frozen,
        source_items.item_on,
        greatest(source_items.item_on, coalesce(first_open_date.first_open_on, source_items.item_on)) as counted_on
    from {{ ref('int_items_delivered') }} as source_items
    cross join first_open_date
    left join {{ ref('int_closed_items') }} as closed_items
        on source_items.item_id = closed_items.item_id
    where closed_items.item_id is null

),

closed_totals as (

    select
        origin_item_id,
        max(account_id) as account_id,
        max(side) as side,
        max(item_kind) as item_kind,
        max(currency) as currency,
        max(reference) as reference,
        max(counterparty) as counterparty,
        max(reference_key) as reference_key,
        max(counterparty_key) as counterparty_key,
        max(item_on) as item_on,
        count(*) as item_count,
        sum(amount) as amount
    from {{ ref('int_closed_items') }}
    group by origin_item_id

),

changes as (

    select
        closed_totals.*,
        case
            when closed_totals.item_kind <> 'match_difference' then coalesce(source_items.amount, 0)
            when standing_matches.match_id is not null then closed_totals.amount
            else 0
        end - closed_totals.amount as change_amount
    from closed_totals
    left join {{ ref('int_items_delivered') }} as source_items
        on closed_totals.origin_item_id = source_items.item_id
    left join standing_matches
        on closed_totals.origin_item_id = {{ match_difference_id('standing_matches.match_id') }}

),

{# An item that moved under a closed date is an item of its own in the first open one. #}
change_items as (

    select
        {{ surrogate_key(["'change_after_close'", 'changes.origin_item_id', 'changes.item_count']) }} as item_id,
        changes.origin_item_id,
        changes.account_id,
        changes.side,
        'change_after_close' as item_kind,
        changes.currency,
        changes.reference,
        changes.counterparty,
        'Change of a closed item' as memo,
        changes.reference_key,
        cast(null as string) as reference_words,
        changes.counterparty_key,
        cast(null as string) as name_words,
        cast(null as string) as original_currency,
        cast(null as string) as file_hash,
        cast(null as bigint) as line_number,
        changes.change_amount as amount,
        cast(null as decimal(28, 5)) as original_amount,
        cast(null as decimal(28, 5)) as charges_amount,
        false as is_reversal,
        false as is_frozen,
        changes.item_on,
        first_open_date.first_open_on as counted_on
    from changes
    cross join first_open_date
    where changes.change_amount <> 0

),

items as (

    select * from frozen_items
    union all
    select * from new_items
    union all
    select * from change_items

)

select
    items.item_id,
    items.origin_item_id,
    items.account_id,
    accounts.calendar_code,
    items.side,
    items.item_kind,
    items.currency,
    items.reference,
    items.counterparty,
    items.memo,
    items.reference_key,
    items.reference_words,
    items.counterparty_key,
    items.name_words,
    items.original_currency,
    items.file_hash,
    cast(items.line_number as bigint) as line_number,
    business_dates.business_day_number,
    cast(items.amount as decimal(28, 5)) as amount,
    cast(items.original_amount as decimal(28, 5)) as original_amount,
    cast(items.charges_amount as decimal(28, 5)) as charges_amount,
    items.is_reversal,
    items.is_frozen,
    items.item_on,
    items.counted_on
from items
inner join accounts
    on items.account_id = accounts.account_id
left join business_dates
    on
        accounts.calendar_code = business_dates.calendar_code
        and items.item_on = business_dates.date_on
{%- if given_business_date() %}
where items.counted_on <= {{ business_date() }}
{%- endif %}
