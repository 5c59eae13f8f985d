with journal_lines as (

    select * from {{ ref('int_journal_lines_cleaned') }}

),

renumbered as (

    select * from {{ ref('int_journal_lines_renumbered') }}

),

absent as (

    select * from {{ ref('int_journal_lines_absent') }}

),

identified as (

    select
        journal_lines.*,
        coalesce(renumbered.journal_line_id, journal_lines.journal_line_id) as line_id,
        renumbered.apart_from_line_id,
        absent.export_path
    from journal_lines
    left join renumbered
        on
            journal_lines.file_hash = renumbered.file_hash
            and journal_lines.load_id = renumbered.load_id
            and journal_lines.line_number = renumbered.line_number
    left join absent
        on
            journal_lines.file_hash = absent.file_hash
            and journal_lines.load_id = absent.load_id
            and journal_lines.line_number = absent.line_number

),

numbered as (

    select
        *,
        row_number() over (
            partition by line_id
            order by recorded_at desc, load_id desc, file_hash asc, line_number desc
        ) as recency
    from identified

)

select
    line_id as journal_line_id,
    apart_from_line_id,
    entry_id,
    company,
    fiscal_year,
    file_hash,
    load_id,
    gl_account,
    cash_account,
    currency,
    original_currency,
    case
        when recency > 1 then 'superseded'
        when export_path is not null then 'deleted'
        else 'kept'
    end as disposition,
    export_path,
    reference,
    counterparty,
    memo,
    reference_key,
    reference_words,
    counterparty_key,
    name_words,
    document_type,
    line_no,
    line_number,
    amount,
    original_amount,
    posted_on,
    recorded_at
from numbered
