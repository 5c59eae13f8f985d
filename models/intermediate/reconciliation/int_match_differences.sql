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

    select * from {{ ref('int_business_dates') }}

),

differences as (

    select
        claims.match_id,
        claims.difference_kind,
        claims.cleared_on,
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
    left join undone
        on claims.match_id = undone.match_id
    where undone.match_id is null
    group by
        claims.match_id,
        claims.difference_kind,
        claims.cleared_on,
        items.account_id,
        items.calendar_code,
        items.currency
    having sum(case when items.side = 'bank' then items.amount else -items.amount end) <> 0

)

select
    {{ match_difference_id('differences.match_id') }} as item_id,
    {{ match_difference_id('differences.match_id') }} as origin_item_id,
    differences.account_id,
    differences.calendar_code,
    'bank' as side,
    'match_difference' as item_kind,
    differences.currency,
    differences.reference,
    differences.counterparty,
    replace(differences.difference_kind, '_', ' ') as memo,
    differences.reference_key,
    cast(null as string) as reference_words,
    differences.counterparty_key,
    cast(null as string) as name_words,
    cast(null as string) as original_currency,
    cast(null as string) as file_hash,
    cast(null as bigint) as line_number,
    business_dates.business_day_number,
    cast(differences.amount as decimal(28, 5)) as amount,
    cast(null as decimal(28, 5)) as original_amount,
    cast(null as decimal(28, 5)) as charges_amount,
    false as is_reversal,
    false as is_frozen,
    differences.cleared_on as item_on,
    differences.cleared_on as counted_on
from differences
left join business_dates
    on
        differences.calendar_code = business_dates.calendar_code
        and differences.cleared_on = business_dates.date_on
