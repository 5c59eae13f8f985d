with found as (

    select match_id
    from marts.fct_reconciliation_items
    where
        $is_filtered
        and account_id = $account
        and match_id is not null
        and (abs(amount) >= $low or $low is null)
        and (abs(amount) <= $high or $high is null)
        and len(
            list_filter(
                $words,
                lambda word: not contains(lower(concat_ws(' ', counterparty, reference, memo)), word)
            )
        ) = 0

),

wanted as (

    select * from marts.fct_matches
    where
        account_id = $account
        and (not $is_filtered or match_id in (select found.match_id from found))

),

shown as (

    select
        *,
        (select count(*) from wanted) as total_count
    from wanted
    order by cleared_on desc, match_id
    limit $size offset $first

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
inner join marts.fct_reconciliation_items as items
    on shown.match_id = items.match_id
qualify row_number() over (partition by shown.match_id, items.side order by items.item_on, items.item_id) <= 10
order by shown.cleared_on desc, shown.match_id, items.side, items.item_on, items.item_id
