with account_days as (

    select * from {{ ref('int_account_days') }}

),

bank_balances as (

    select * from {{ ref('int_bank_balances') }}

),

items as (

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

item_changes as (

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
    from item_changes
    group by account_id, changed_on

),

changes as (

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

),

cumulated as (

    select
        account_days.account_id,
        account_days.currency,
        account_days.is_business_day,
        account_days.date_on,
        sum(coalesce(changes.deposits_in_transit, 0)) over so_far as deposits_in_transit,
        sum(coalesce(changes.outstanding_payments, 0)) over so_far as outstanding_payments,
        sum(coalesce(changes.unbooked_bank_items, 0)) over so_far as unbooked_bank_items,
        sum(coalesce(changes.unbooked_opening_balance, 0)) over so_far as unbooked_opening_balance,
        sum(coalesce(changes.statement_gaps, 0)) over so_far as statement_gaps,
        sum(coalesce(changes.ledger_amount, 0)) over so_far as ledger_amount,
        sum(coalesce(changes.open_item_count, 0)) over so_far as open_item_count
    from account_days
    left join changes
        on
            account_days.account_id = changes.account_id
            and account_days.date_on = changes.changed_on
    window so_far as (
        partition by account_days.account_id
        order by account_days.date_on
        rows between unbounded preceding and current row
    )

),

closed_balances as (

    select * from {{ ref('int_closed_balances') }}

),

first_open_date as (

    select * from {{ ref('int_first_open_date') }}

),

{# Of a closed date the balance stays as it was closed, whatever the bank delivers later. What older closes do not hold,
   the weekends between business days, cannot be stated any more. #}
reconciled as (

    select
        cumulated.*,
        coalesce(closed_balances.balance_per_bank, bank_balances.closing_balance, 0) as balance_per_bank,
        closed_balances.account_id is not null as is_closed
    from cumulated
    left join closed_balances
        on
            cumulated.account_id = closed_balances.account_id
            and cumulated.date_on = closed_balances.as_of_on
    left join bank_balances
        on
            cumulated.account_id = bank_balances.account_id
            and cumulated.date_on = bank_balances.date_on
    cross join first_open_date
    where
        cumulated.is_business_day
        or closed_balances.account_id is not null
        or cumulated.date_on >= coalesce(first_open_date.first_open_on, cumulated.date_on)

)

select
    account_id,
    currency,
    cast(open_item_count as bigint) as open_item_count,
    cast(balance_per_bank as decimal(28, 5)) as balance_per_bank,
    cast(deposits_in_transit as decimal(28, 5)) as deposits_in_transit,
    cast(outstanding_payments as decimal(28, 5)) as outstanding_payments,
    cast(unbooked_bank_items as decimal(28, 5)) as unbooked_bank_items,
    cast(unbooked_opening_balance as decimal(28, 5)) as unbooked_opening_balance,
    cast(statement_gaps as decimal(28, 5)) as statement_gaps,
    cast(ledger_amount as decimal(28, 5)) as balance_per_books,
    cast(
        balance_per_bank + deposits_in_transit + outstanding_payments
        - unbooked_bank_items - unbooked_opening_balance - statement_gaps
        - ledger_amount as decimal(28, 5)
    ) as difference,
    is_business_day,
    is_closed,
    date_on as as_of_on
from reconciled
