{#- A line as a person names it. -#}
{%- set line_text = "line.gl_account || ' on ' || cast(line.posted_on as string) || ', ' || "
    ~ money_text('line.amount') ~ " || ' ' || line.currency || coalesce(', ' || line.reference, '')" -%}
with journal_lines as (

    select * from {{ ref('int_journal_lines_classified') }}
    where disposition = 'kept'

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

{# How many ledger accounts are meant to mirror the account, where somebody said so. #}
meant as (

    select
        account_id,
        max(ledger_accounts) as gl_accounts_meant
    from {{ ref('int_account_ids') }}
    group by account_id

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
    group by company, fiscal_year, entry_id, currency, apart_from_line_id is null

),

doubtful_lines as (

    select
        journal_lines.entry_id,
        journal_lines.line_no,
        journal_lines.posted_on,
        'line ' || cast(journal_lines.line_no as string) || ' is '
        || {{ line_text | replace('line.', 'other.') }}
        || ' and '
        || {{ line_text | replace('line.', 'journal_lines.') }} as line_text
    from journal_lines
    inner join journal_lines as other
        on journal_lines.apart_from_line_id = other.journal_line_id

),

doubtful_entries as (

    select
        entry_id,
        posted_on,
        count(*) as line_count,
        min(line_text) as first_line_text
    from doubtful_lines
    group by entry_id, posted_on

),

deleted_lines as (

    select
        posted_on,
        coalesce(company || ' ', '') || coalesce(fiscal_year || ' ', '') || entry_id as entry_name,
        'line ' || cast(line_no as string) || ', '
        || {{ line_text | replace('line.', '') }} || ', is not in ' || export_path as line_text
    from {{ ref('int_journal_lines_classified') }}
    where disposition = 'deleted'

),

deleted_entries as (

    select
        entry_name,
        posted_on,
        count(*) as line_count,
        min(line_text) as first_line_text
    from deleted_lines
    group by entry_name, posted_on

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
    'journal_number' as control_code,
    concat('entry ', entry_id) as scope,
    'lines' as measure,
    cast(null as string) as currency,
    concat('One number, several lines: ', first_line_text) as explanation,
    cast(0 as decimal(28, 5)) as expected,
    cast(line_count as decimal(28, 5)) as actual,
    posted_on as business_date
from doubtful_entries
union all
select
    'journal_deleted' as control_code,
    concat('entry ', entry_name) as scope,
    'lines' as measure,
    cast(null as string) as currency,
    concat('Delivered before and gone: ', first_line_text) as explanation,
    cast(0 as decimal(28, 5)) as expected,
    cast(line_count as decimal(28, 5)) as actual,
    posted_on as business_date
from deleted_entries
union all
select
    'account_mapped' as control_code,
    accounts.account_id as scope,
    'ledger accounts' as measure,
    cast(null as string) as currency,
    case
        when accounts.gl_account_count > coalesce(meant.gl_accounts_meant, 1)
            then 'More ledger accounts than are meant name this bank account'
        else 'Statement account against the ledger account in its currency that mirrors it'
    end as explanation,
    cast(coalesce(meant.gl_accounts_meant, 1) as decimal(28, 5)) as expected,
    cast(accounts.gl_account_count as decimal(28, 5)) as actual,
    as_of_date.as_of_on as business_date
from accounts
cross join as_of_date
left join meant
    on accounts.account_id = meant.account_id
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
