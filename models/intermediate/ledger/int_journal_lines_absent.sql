{# Deleted in the general ledger, and not late: the newest complete export of the posting date lacks the line, although
   it came before the export and was recorded before the last thing in it. #}
with journal_lines as (

    select
        cleaned.*,
        coalesce(renumbered.journal_line_id, cleaned.journal_line_id) as line_id
    from {{ ref('int_journal_lines_cleaned') }} as cleaned
    left join {{ ref('int_journal_lines_renumbered') }} as renumbered
        on
            cleaned.file_hash = renumbered.file_hash
            and cleaned.load_id = renumbered.load_id
            and cleaned.line_number = renumbered.line_number

),

complete_exports as (

    select * from {{ ref('stg_collect__files') }}
    where
        complete_from is not null
        and file_status in ('loaded', 'duplicate')

),

lines_of_exports as (

    select distinct
        complete_exports.delivery_id,
        journal_lines.company,
        journal_lines.line_id,
        max(journal_lines.recorded_at) over (partition by complete_exports.delivery_id) as last_recorded_at
    from complete_exports
    inner join journal_lines
        on complete_exports.file_hash = journal_lines.file_hash

),

{# An export says nothing of companies that do not occur in it. #}
companies_of_exports as (

    select
        complete_exports.delivery_id,
        complete_exports.load_id,
        complete_exports.path,
        complete_exports.complete_from,
        complete_exports.complete_to,
        coalesce(lines_of_exports.company, '') as company,
        max(lines_of_exports.last_recorded_at) as last_recorded_at
    from complete_exports
    left join lines_of_exports
        on complete_exports.delivery_id = lines_of_exports.delivery_id
    group by
        complete_exports.delivery_id,
        complete_exports.load_id,
        complete_exports.path,
        complete_exports.complete_from,
        complete_exports.complete_to,
        coalesce(lines_of_exports.company, '')

),

posting_days as (

    select distinct
        coalesce(company, '') as company,
        posted_on
    from {{ ref('int_journal_lines_cleaned') }}

),

covering_exports as (

    select
        posting_days.company,
        posting_days.posted_on,
        exports.delivery_id,
        exports.load_id,
        exports.path,
        exports.last_recorded_at,
        row_number() over (
            partition by posting_days.company, posting_days.posted_on
            order by exports.load_id desc, exports.path desc
        ) as recency
    from posting_days
    inner join companies_of_exports as exports
        on
            posting_days.company = exports.company
            and posting_days.posted_on between exports.complete_from and exports.complete_to

)

select
    journal_lines.line_id as journal_line_id,
    journal_lines.file_hash,
    journal_lines.load_id,
    covering_exports.path as export_path,
    journal_lines.line_number
from journal_lines
inner join covering_exports
    on
        coalesce(journal_lines.company, '') = covering_exports.company
        and journal_lines.posted_on = covering_exports.posted_on
        and covering_exports.recency = 1
left join lines_of_exports
    on
        covering_exports.delivery_id = lines_of_exports.delivery_id
        and journal_lines.line_id = lines_of_exports.line_id
where
    lines_of_exports.line_id is null
    and (
        journal_lines.load_id < covering_exports.load_id
        or (
            journal_lines.load_id = covering_exports.load_id
            and coalesce(journal_lines.recorded_at <= covering_exports.last_recorded_at, true)
        )
    )
