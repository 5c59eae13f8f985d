with files as (

    select * from {{ ref('stg_collect__files') }}

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

lake_rows as (

    {{ file_totals([
        (ref('stg_bank__statement_lines'), 'amount'),
        (ref('stg_ledger__journal_lines'), 'amount'),
        (ref('stg_decisions__decisions'), none),
        (ref('stg_payments__payment_answers'), none),
        (ref('stg_bank__settlement_lines'), 'net_amount'),
        (ref('stg_documents__cheques'), 'amount'),
        (ref('stg_documents__document_pages'), none),
        (ref('stg_documents__document_facts'), none),
    ]) }}

),

with_rows as (

    select
        files.*,
        as_of_date.as_of_on,
        coalesce(lake_rows.row_count, 0) as lake_row_count,
        coalesce(lake_rows.amount_total, 0) as lake_amount_total
    from files
    cross join as_of_date
    left join lake_rows
        on
            files.file_hash = lake_rows.file_hash
            and files.load_id = lake_rows.load_id

)

select
    'file_read' as control_code,
    path as scope,
    'files' as measure,
    cast(null as string) as currency,
    case
        when quarantine_position is null then quarantine_reason
        else concat(quarantine_reason, ' (', quarantine_position, ')')
    end as explanation,
    cast(1 as decimal(28, 5)) as expected,
    cast(case when file_status = 'quarantined' then 0 else 1 end as decimal(28, 5)) as actual,
    as_of_on as business_date
from with_rows
where is_latest_of_path
union all
select
    'file_to_lake' as control_code,
    path as scope,
    'rows' as measure,
    cast(null as string) as currency,
    'Rows the reader counted against rows in the lake' as explanation,
    cast(sum(record_count) as decimal(28, 5)) as expected,
    cast(sum(lake_row_count) as decimal(28, 5)) as actual,
    as_of_on as business_date
from with_rows
where
    file_status in ('loaded', 'excluded')
    and source_name <> 'ledger_accounts'
    and not {{ is_payroll_source('source_name') }}
group by path, as_of_on
union all
select
    'file_to_lake' as control_code,
    path as scope,
    'amount' as measure,
    cast(null as string) as currency,
    'Sum of amounts the reader counted against the sum in the lake' as explanation,
    cast(sum(amount_total) as decimal(28, 5)) as expected,
    cast(sum(lake_amount_total) as decimal(28, 5)) as actual,
    as_of_on as business_date
from with_rows
where
    file_status in ('loaded', 'excluded')
    and source_name in ('bank_statements', 'journal_lines', 'cash_letters', 'settlement_lines')
group by path, as_of_on
