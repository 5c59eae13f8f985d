{%- set with_amounts = "('bank_statements', 'journal_lines', 'cash_letters', 'settlement_lines')" -%}
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

proved as (

    select
        files.path,
        as_of_date.as_of_on,
        max(case when files.source_name in {{ with_amounts }} then 1 else 0 end) as has_amount,
        sum(files.record_count) as record_count,
        sum(coalesce(lake_rows.row_count, 0)) as lake_row_count,
        sum(case when files.source_name in {{ with_amounts }} then files.amount_total end) as amount_total,
        sum(case when files.source_name in {{ with_amounts }} then coalesce(lake_rows.amount_total, 0) end)
            as lake_amount_total
    from files
    cross join as_of_date
    left join lake_rows
        on
            files.file_hash = lake_rows.file_hash
            and files.load_id = lake_rows.load_id
    where
        files.file_status in ('loaded', 'excluded')
        and files.source_name <> 'ledger_accounts'
        and not {{ is_payroll_source('files.source_name') }}
    group by files.path, as_of_date.as_of_on

),

measures as (

    select
        'rows' as measure,
        'Rows the reader counted against rows in the lake' as explanation
    union all
    select
        'amount' as measure,
        'Sum of amounts the reader counted against the sum in the lake' as explanation

)

select
    'file_read' as control_code,
    files.path as scope,
    'files' as measure,
    cast(null as string) as currency,
    case
        when files.quarantine_position is null then files.quarantine_reason
        else concat(files.quarantine_reason, ' (', files.quarantine_position, ')')
    end as explanation,
    cast(1 as decimal(28, 5)) as expected,
    cast(case when files.file_status = 'quarantined' then 0 else 1 end as decimal(28, 5)) as actual,
    as_of_date.as_of_on as business_date
from files
cross join as_of_date
where files.is_latest_of_path
union all
select
    'file_to_lake' as control_code,
    proved.path as scope,
    measures.measure,
    cast(null as string) as currency,
    measures.explanation,
    case
        when measures.measure = 'rows' then cast(proved.record_count as decimal(28, 5))
        else cast(proved.amount_total as decimal(28, 5))
    end as expected,
    case
        when measures.measure = 'rows' then cast(proved.lake_row_count as decimal(28, 5))
        else cast(proved.lake_amount_total as decimal(28, 5))
    end as actual,
    proved.as_of_on as business_date
from proved
cross join measures
where
    measures.measure = 'rows'
    or proved.has_amount = 1
