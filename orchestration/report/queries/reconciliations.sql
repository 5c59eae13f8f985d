with latest as (

    select *
    from marts.fct_bank_reconciliations
    qualify row_number() over (partition by account_id order by as_of_on desc) = 1

),

breaks as (

    select
        account_id,
        sum(break_count) as break_count,
        min(oldest_item_on) as oldest_item_on
    from marts.fct_ageing
    where status_group = 'open'
    group by account_id

)

select
    accounts.account_id,
    accounts.account_name,
    accounts.gl_account,
    accounts.currency,
    accounts.last_statement_on,
    latest.balance_per_bank,
    latest.deposits_in_transit,
    latest.outstanding_payments,
    latest.unbooked_bank_items,
    latest.unbooked_opening_balance,
    latest.statement_gaps,
    latest.balance_per_bank + latest.deposits_in_transit + latest.outstanding_payments - latest.unbooked_bank_items
    - latest.unbooked_opening_balance - latest.statement_gaps as adjusted_balance,
    latest.balance_per_books,
    latest.difference,
    latest.difference + latest.statement_gaps as unexplained,
    latest.open_item_count,
    coalesce(breaks.break_count, 0) as break_count,
    latest.is_closed,
    breaks.oldest_item_on,
    latest.as_of_on,
    count(*) over () as total_count
from marts.dim_accounts as accounts
left join latest
    on accounts.account_id = latest.account_id
left join breaks
    on accounts.account_id = breaks.account_id
order by
    latest.difference is not distinct from 0,
    latest.statement_gaps is not distinct from 0,
    breaks.break_count desc nulls last,
    accounts.currency,
    accounts.account_name,
    accounts.account_id
limit 100
