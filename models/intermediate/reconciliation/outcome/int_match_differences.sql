with claims as (

    {% for pass in item_passes() -%}
    select
        item_id,
        match_id,
        difference_kind,
        cleared_on
    from {{ ref('int_items_matched_by_' ~ pass) }}
    where
        posting = 'automatic'
        and difference_kind is not null
    union all
    {% endfor -%}
    select
        item_id,
        match_id,
        difference_kind,
        cleared_on
    from {{ ref('int_items_matched_by_decision') }}

),

undone as (

    select match_id from {{ ref('int_matches_undone') }}

),

items as (

    select * from {{ ref('int_items_counted') }}

),

business_dates as (

    select * from {{ ref('dim_business_dates') }}

),

first_open_date as (

    select * from {{ ref('int_first_open_date') }}

),

{# A match that is found after its date was closed counts on the first open date, and its difference with it. #}
differences as (

    select
        claims.match_id,
        claims.difference_kind,
        greatest(claims.cleared_on, coalesce(first_open_date.first_open_on, claims.cleared_on)) as cleared_on,
        items.account_id,
        items.calendar_code,
        items.currency,
        max(case when items.side = 'ledger' then items.reference end) as reference,
        max(case when items.side = 'ledger' then items.counterparty end) as counterparty,
        max(case when items.side = 'ledger' then items.reference_key end) as reference_key,
        max(case when items.side = 'ledger' then items.counterparty_key end) as counterparty_key,
        sum(case when items.side = 'bank' then items.amount else -items.amount end) as amount
    from claims
    inner join items
        on claims.item_id = items.origin_item_id
    cross join first_open_date
    left join undone
        on claims.match_id = undone.match_id
    where undone.match_id is null
    group by
        claims.match_id,
        claims.difference_kind,
        claims.cleared_on,
        first_open_date.first_open_on,
        items.account_id,
        items.calendar_code,
        items.currency
    having sum(case when items.side = 'bank' then items.amount else -items.amount end) <> 0

)

select
    {{ counted_item_columns(
        'differences',
        instead={
            'item_id': match_difference_id('differences.match_id'),
            'origin_item_id': match_difference_id('differences.match_id'),
            'side': "'bank'",
            'item_kind': "'match_difference'",
            'memo': "replace(differences.difference_kind, '_', ' ')",
            'business_day_number': 'business_dates.business_day_number',
            'amount': 'cast(differences.amount as decimal(28, 5))',
            'is_reversal': 'false',
            'is_frozen': 'false',
            'item_on': 'differences.cleared_on',
            'counted_on': 'differences.cleared_on',
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
    ) }}
from differences
left join business_dates
    on
        differences.calendar_code = business_dates.calendar_code
        and differences.cleared_on = business_dates.date_on
