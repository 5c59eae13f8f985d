with kept as (

    select
        concat('bank ', account_id) as scope,
        statement_on as business_date,
        currency,
        amount
    from {{ ref('int_bank_statement_lines_classified') }}
    where disposition = 'kept'
    union all
    select
        concat('ledger ', cash_accounts.account_id) as scope,
        entries.posted_on as business_date,
        entries.currency,
        entries.amount
    from {{ ref('int_journal_lines_classified') }} as entries
    inner join {{ ref('int_cash_accounts') }} as cash_accounts
        on entries.cash_account = cash_accounts.cash_account
    where entries.disposition = 'kept'
    union all
    select
        concat('ledger ', account_id) as scope,
        posted_on as business_date,
        currency,
        amount
    from {{ ref('int_payroll_cash_lines') }}

),

items as (

    select
        concat(side, ' ', account_id) as scope,
        item_on as business_date,
        currency,
        amount
    from {{ ref('int_reconciliation_items') }}
    where item_kind in ('statement_line', 'journal_line')

),

compared as (

    {{ compare_totals('kept', 'items') }}

)

{{ rows_and_amounts('compared', 'staging_to_items', 'Lines kept against reconciliation items') }}
