with items as (

    select * from marts.fct_reconciliation_items
    where
        account_id = $account
        and match_id is not null

),

found as (

    select distinct match_id
    from items
    where
        (abs(amount) >= $low or $low is null)
        and (abs(amount) <= $high or $high is null)
        and len(
            list_filter(
                $words,
                lambda word: not contains(lower(concat_ws(' ', counterparty, reference, memo)), word)
            )
        ) = 0

),

numbered as (

    select
        matches.*,
        row_number() over (order by matches.cleared_on desc, matches.match_id) as place,
        count(*) over () as total_count
    from marts.fct_matches as matches
    inner join found
        on matches.match_id = found.match_id

),

shown as (

    select * from numbered
    where place - 1 between $first and $first + $size - 1

)

select
    shown.match_id,
    shown.rule_code,
    shown.bank_item_count,
    shown.ledger_item_count,
    shown.difference,
    shown.is_closed,
    shown.cleared_on,
    shown.total_count,
    items.item_id,
    items.side,
    items.item_kind,
    items.currency,
    items.counterparty,
    items.reference,
    items.memo,
    items.amount,
    items.item_on
from shown
inner join items
    on shown.match_id = items.match_id
qualify row_number() over (partition by shown.match_id, items.side order by items.item_on, items.item_id) <= 10
order by shown.place, items.side, items.item_on, items.item_id
