with bank_dates as (

    select max(statement_on) as last_on from {{ ref('int_bank_statement_lines_classified') }}
    where disposition = 'kept'
    union all
    select max(closing_on) as last_on from {{ ref('int_bank_statements_classified') }}

),

ledger_dates as (

    select max(posted_on) as last_on from {{ ref('int_journal_lines_classified') }}

),

last_dates as (

    select
        max(bank_dates.last_on) as last_bank_on,
        max(ledger_dates.last_on) as last_ledger_on
    from bank_dates
    cross join ledger_dates

)

select coalesce({{ business_date() }}, last_bank_on, last_ledger_on) as as_of_on
from last_dates
