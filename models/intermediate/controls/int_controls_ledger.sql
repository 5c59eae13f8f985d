with journal_lines as (

    select * from {{ ref('int_journal_lines_classified') }}
    where disposition = 'kept'

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

items as (

    select * from {{ ref('int_reconciliation_items') }}

),

entries as (

    select
        entry_id,
        currency,
        max(posted_on) as posted_on,
        sum(case when amount > 0 then amount else 0 end) as debits,
        sum(case when amount < 0 then -amount else 0 end) as credits
    from journal_lines
    group by entry_id, currency

),

daily as (

    select
        currency,
        posted_on,
        sum(debits) as debits,
        sum(credits) as credits,
        sum(case when debits <> credits then 1 else 0 end) as unbalanced_entries
    from entries
    group by currency, posted_on

)

select
    'journal_balance' as control_code,
    concat('journal ', currency) as scope,
    'amount' as measure,
    currency,
    'Debits against credits' as explanation,
    cast(debits as decimal(28, 5)) as expected,
    cast(credits as decimal(28, 5)) as actual,
    posted_on as business_date
from daily
union all
select
    'journal_balance' as control_code,
    concat('journal ', currency) as scope,
    'entries' as measure,
    cast(null as string) as currency,
    'Entries whose debits and credits differ' as explanation,
    cast(0 as decimal(28, 5)) as expected,
    cast(unbalanced_entries as decimal(28, 5)) as actual,
    posted_on as business_date
from daily
union all
select
    'account_mapped' as control_code,
    accounts.account_id as scope,
    'ledger accounts' as measure,
    cast(null as string) as currency,
    case
        when accounts.gl_account_count > 1 then 'Several ledger accounts name this bank account'
        else 'Statement account against the ledger account in its currency that mirrors it'
    end as explanation,
    cast(1 as decimal(28, 5)) as expected,
    cast(accounts.gl_account_count as decimal(28, 5)) as actual,
    as_of_date.as_of_on as business_date
from accounts
cross join as_of_date
where accounts.has_statements
union all
select
    'item_currency' as control_code,
    items.account_id as scope,
    'items' as measure,
    cast(null as string) as currency,
    'Items in another currency than their account' as explanation,
    cast(0 as decimal(28, 5)) as expected,
    cast(count(*) as decimal(28, 5)) as actual,
    items.item_on as business_date
from items
inner join accounts
    on items.account_id = accounts.account_id
where items.currency <> accounts.currency
group by items.account_id, items.item_on
