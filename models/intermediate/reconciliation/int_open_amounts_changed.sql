with items as (

    select * from {{ ref('int_items') }}

),

matched as (

    select * from {{ ref('int_items_matched') }}

),

{# An item opens on the date it counts, closes on the date its match is complete, and opens again when it is undone. #}
openings as (

    select
        account_id,
        side,
        item_kind,
        amount,
        amount as signed_amount,
        counted_on as changed_on,
        1 as item_change
    from items

),

clearings as (

    select
        items.account_id,
        items.side,
        items.item_kind,
        items.amount,
        -items.amount as signed_amount,
        matched.cleared_on as changed_on,
        -1 as item_change
    from matched
    inner join items
        on matched.item_id = items.item_id

),

reopenings as (

    select
        items.account_id,
        items.side,
        items.item_kind,
        items.amount,
        items.amount as signed_amount,
        matched.undone_on as changed_on,
        1 as item_change
    from matched
    inner join items
        on matched.item_id = items.item_id
    where matched.undone_on is not null

),

changes as (

    select * from openings
    union all
    select * from clearings
    union all
    select * from reopenings

),

ledger_movements as (

    select
        account_id,
        counted_on as changed_on,
        sum(amount) as ledger_amount
    from items
    where side = 'ledger'
    group by account_id, counted_on

),

open_changes as (

    select
        account_id,
        changed_on,
        sum(case when side = 'ledger' and amount > 0 then signed_amount else 0 end) as deposits_in_transit,
        sum(case when side = 'ledger' and amount <= 0 then signed_amount else 0 end) as outstanding_payments,
        sum(
            case
                when side = 'bank' and item_kind not in ('opening_balance', 'statement_gap') then signed_amount
                else 0
            end
        ) as unbooked_bank_items,
        sum(case when side = 'bank' and item_kind = 'opening_balance' then signed_amount else 0 end)
            as unbooked_opening_balance,
        sum(case when side = 'bank' and item_kind = 'statement_gap' then signed_amount else 0 end)
            as statement_gaps,
        sum(item_change) as open_item_count
    from changes
    group by account_id, changed_on

)

select
    coalesce(open_changes.account_id, ledger_movements.account_id) as account_id,
    coalesce(open_changes.deposits_in_transit, 0) as deposits_in_transit,
    coalesce(open_changes.outstanding_payments, 0) as outstanding_payments,
    coalesce(open_changes.unbooked_bank_items, 0) as unbooked_bank_items,
    coalesce(open_changes.unbooked_opening_balance, 0) as unbooked_opening_balance,
    coalesce(open_changes.statement_gaps, 0) as statement_gaps,
    coalesce(ledger_movements.ledger_amount, 0) as ledger_amount,
    coalesce(open_changes.open_item_count, 0) as open_item_count,
    coalesce(open_changes.changed_on, ledger_movements.changed_on) as changed_on
from open_changes
full outer join ledger_movements
    on
        open_changes.account_id = ledger_movements.account_id
        and open_changes.changed_on = ledger_movements.changed_on
