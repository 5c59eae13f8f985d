{# Nothing is lost on the way: what the lake holds is kept or set aside with a reason, what is kept is an item, an item
   is matched or open, and no row is left to the remainder of a batch plan. #}
with delivered as (

    select
        concat('bank ', currency) as scope,
        booked_on as business_date,
        currency,
        amount
    from {{ ref('stg_bank__statement_lines') }}
    union all
    select
        concat('journal ', currency) as scope,
        posted_on as business_date,
        currency,
        amount
    from {{ ref('stg_ledger__journal_lines') }}
    union all
    select
        concat('settlement ', currency) as scope,
        occurred_on as business_date,
        currency,
        net_amount as amount
    from {{ ref('stg_bank__settlement_lines') }}

),

classified as (

    select
        concat('bank ', currency) as scope,
        booked_on as business_date,
        currency,
        amount
    from {{ ref('int_bank_statement_lines_classified') }}
    where
        disposition in (
            'kept', 'repeated_statement', 'replaced_statement', 'overlapping_line', 'repeated_line', 'not_booked'
        )
    union all
    select
        concat('journal ', currency) as scope,
        posted_on as business_date,
        currency,
        amount
    from {{ ref('int_journal_lines_classified') }}
    where disposition in ('kept', 'superseded', 'deleted')
    union all
    select
        concat('settlement ', currency) as scope,
        occurred_on as business_date,
        currency,
        net_amount as amount
    from {{ ref('fct_payout_lines') }}
    where disposition in ('kept', 'superseded', 'unsettled', 'not_paid_out')

),

staged as (

    {{ compare_totals('delivered', 'classified') }}

),

kept_lines as (

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
    inner join {{ ref('int_account_ids') }} as cash_accounts
        on
            entries.cash_account = cash_accounts.name_id
            and cash_accounts.named_by = 'ledger_account'
    where entries.disposition = 'kept'
    union all
    select
        concat('ledger ', account_id) as scope,
        posted_on as business_date,
        currency,
        amount
    from {{ ref('int_payroll_cash_lines') }}

),

line_items as (

    select
        concat(side, ' ', account_id) as scope,
        item_on as business_date,
        currency,
        amount
    from {{ ref('int_reconciliation_items') }}
    where item_kind in ('statement_line', 'journal_line')

),

itemized as (

    {{ compare_totals('kept_lines', 'line_items') }}

),

items as (

    select
        concat(side, ' ', account_id) as scope,
        counted_on as business_date,
        currency,
        amount
    from {{ ref('int_items') }}

),

matched_or_open as (

    select
        concat(items.side, ' ', items.account_id) as scope,
        items.counted_on as business_date,
        items.currency,
        items.amount
    from {{ ref('int_items_matched') }} as claims
    inner join {{ ref('int_items') }} as items
        on claims.item_id = items.item_id
    where claims.is_standing
    union all
    select
        concat(side, ' ', account_id) as scope,
        counted_on as business_date,
        currency,
        amount
    from {{ ref('int_items_cleared') }}
    where match_id is null

),

matched as (

    {{ compare_totals('items', 'matched_or_open') }}

),

batched as (

    {{ batch_remainders('bank') }}

)

{{ rows_and_amounts('staged', 'lake_to_staging', 'Rows delivered against rows kept plus rows set aside') }}
union all
{{ rows_and_amounts('itemized', 'staging_to_items', 'Lines kept against reconciliation items') }}
union all
{{ rows_and_amounts('matched', 'items_to_matches', 'Items against items matched plus items open') }}
union all
select * from batched
