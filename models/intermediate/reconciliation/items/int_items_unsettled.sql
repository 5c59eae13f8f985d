with standing_matches as (

    select distinct closed_matches.match_id
    from {{ ref('int_closed_matches') }} as closed_matches
    left join {{ ref('int_matches_undone') }} as undone
        on closed_matches.match_id = undone.match_id
    where
        undone.match_id is null
        and closed_matches.difference_kind is not null

),

first_open_date as (

    select * from {{ ref('int_first_open_date') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

business_dates as (

    select * from {{ ref('dim_business_dates') }}

),

{# What a close froze stays as it was; only the keys that passes compare are taken from the item as it is now. #}
frozen_items as (

    select
        {{ item_columns(
            'closed_items',
            instead={
                'reference_key': 'coalesce(source_items.reference_key, closed_items.reference_key)',
                'reference_words': 'source_items.reference_words',
                'counterparty_key': 'coalesce(source_items.counterparty_key, closed_items.counterparty_key)',
                'name_words': 'source_items.name_words',
                'file_hash': 'closed_items.source_hash',
                'line_number': 'closed_items.source_line',
                'charges_amount': 'source_items.charges_amount',
                'is_reversal': 'coalesce(source_items.is_reversal, false)',
                'is_frozen': 'true',
            },
            also=['origin_item_id', 'counted_on'],
        ) | indent(4) }}
    from {{ ref('int_closed_items') }} as closed_items
    left join {{ ref('int_items_settled') }} as settled
        on closed_items.item_id = settled.item_id
    left join {{ ref('int_items_delivered') }} as source_items
        on closed_items.item_id = source_items.item_id
    where settled.item_id is null

),

new_items as (

    select
        {{ item_columns(
            'source_items',
            instead={
                'origin_item_id': 'source_items.item_id',
                'is_frozen': 'false',
                'counted_on': 'greatest(source_items.item_on,'
                ~ ' coalesce(first_open_date.first_open_on, source_items.item_on))',
            },
            also=['calendar_code', 'business_day_number'],
        ) | indent(4) }}
    from {{ ref('int_items_delivered') }} as source_items
    cross join first_open_date
    left join {{ ref('int_closed_items') }} as closed_items
        on source_items.item_id = closed_items.item_id
    where closed_items.item_id is null

),

closed_totals as (

    select
        origin_item_id,
        max(case when item_kind = 'match_difference' then 1 else 0 end) = 1 as is_difference,
        count(*) as item_count,
        sum(amount) as amount
    from {{ ref('int_closed_items') }}
    group by origin_item_id

),

moved as (

    select
        closed_totals.origin_item_id,
        closed_totals.item_count,
        case
            when not closed_totals.is_difference then coalesce(source_items.amount, 0)
            when standing_matches.match_id is not null then closed_totals.amount
            else 0
        end - closed_totals.amount as change_amount
    from closed_totals
    left join {{ ref('int_items_delivered') }} as source_items
        on closed_totals.origin_item_id = source_items.item_id
    left join standing_matches
        on closed_totals.origin_item_id = {{ match_difference_id('standing_matches.match_id') }}

),

{# Few items move, and only theirs are described. #}
changes as (

    select
        moved.origin_item_id,
        moved.item_count,
        moved.change_amount,
        max(closed_items.account_id) as account_id,
        max(closed_items.side) as side,
        max(closed_items.currency) as currency,
        max(closed_items.reference) as reference,
        max(closed_items.counterparty) as counterparty,
        max(closed_items.reference_key) as reference_key,
        max(closed_items.counterparty_key) as counterparty_key,
        max(closed_items.item_on) as item_on
    from moved
    inner join {{ ref('int_closed_items') }} as closed_items
        on moved.origin_item_id = closed_items.origin_item_id
    where moved.change_amount <> 0
    group by moved.origin_item_id, moved.item_count, moved.change_amount

),

{# An item that moved under a closed date is an item of its own in the first open one. #}
change_items as (

    select
        {{ item_columns(
            'changes',
            instead={
                'item_id': surrogate_key(["'change_after_close'", 'changes.origin_item_id', 'changes.item_count']),
                'item_kind': "'change_after_close'",
                'memo': "'Change of a closed item'",
                'amount': 'changes.change_amount',
                'is_reversal': 'false',
                'is_frozen': 'false',
                'counted_on': 'first_open_date.first_open_on',
            },
            nulls=[
                'reference_words',
                'name_words',
                'original_currency',
                'file_hash',
                'line_number',
                'original_amount',
                'charges_amount',
            ],
            also=['origin_item_id'],
        ) | indent(4) }}
    from changes
    cross join first_open_date

),

closed_and_changed as (

    select * from frozen_items
    union all
    select * from change_items

),

{# A new item brings its business day. #}
items as (

    select
        {{ counted_item_columns(
            'closed_and_changed',
            instead={
                'calendar_code': 'accounts.calendar_code',
                'business_day_number': 'business_dates.business_day_number',
            },
        ) | indent(4) }}
    from closed_and_changed
    inner join accounts
        on closed_and_changed.account_id = accounts.account_id
    left join business_dates
        on
            accounts.calendar_code = business_dates.calendar_code
            and closed_and_changed.item_on = business_dates.date_on
    union all
    select * from new_items

)

select
    {{ counted_item_columns(
        'items',
        instead={
            'line_number': 'cast(items.line_number as bigint)',
            'amount': 'cast(items.amount as decimal(28, 5))',
            'original_amount': 'cast(items.original_amount as decimal(28, 5))',
            'charges_amount': 'cast(items.charges_amount as decimal(28, 5))',
        },
    ) }}
from items
{%- if given_business_date() %}
where items.counted_on <= {{ business_date() }}
{%- endif %}
