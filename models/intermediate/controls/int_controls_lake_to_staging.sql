{# What the lake holds of a loaded file against what staging kept plus what it set aside with a reason. #}
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

),

compared as (

    {{ compare_totals('delivered', 'classified') }}

)

{{ rows_and_amounts('compared', 'lake_to_staging', 'Rows delivered against rows kept plus rows set aside') }}
