{# Items against what became of them: the members counted by the matches plus the items left open. #}
with items as (

    select
        concat(side, ' ', account_id) as scope,
        counted_on as business_date,
        currency,
        amount
    from {{ ref('int_items') }}

),

matched_or_open as (

    select
        concat(items.side, ' ', items.account_id) as scope,
        items.counted_on as business_date,
        items.currency,
        items.amount
    from {{ ref('int_items_matched') }} as claims
    inner join {{ ref('int_items') }} as items
        on claims.item_id = items.item_id
    where claims.is_standing
    union all
    select
        concat(side, ' ', account_id) as scope,
        counted_on as business_date,
        currency,
        amount
    from {{ ref('int_items_cleared') }}
    where match_id is null

),

compared as (

    {{ compare_totals('items', 'matched_or_open') }}

)

{{ rows_and_amounts('compared', 'items_to_matches', 'Items against items matched plus items open') }}
