with bank_dates as (

    select max(statement_on) as last_on from {{ ref('int_bank_statement_lines_classified') }}
    where disposition = 'kept'
    union all
    select max(closing_on) as last_on from {{ ref('int_bank_statements_classified') }}

),

ledger_dates as (

    select max(posted_on) as last_on from {{ ref('int_journal_lines_classified') }}

),

deliveries as (

    select max(cast(collected_at as date)) as last_on from {{ ref('stg_collect__files') }}

),

last_dates as (

    select
        max(bank_dates.last_on) as last_bank_on,
        max(ledger_dates.last_on) as last_ledger_on,
        max(deliveries.last_on) as last_delivered_on
    from bank_dates
    cross join ledger_dates
    cross join deliveries

)

select coalesce({{ business_date() }}, last_bank_on, last_ledger_on, last_delivered_on) as as_of_on
from last_dates
