{# Deleted in the general ledger, and not late, is a line that the newest complete export of its posting date lacks,
   although it came before the export and was recorded before the last thing in it. #}
with journal_lines as (

    select * from {{ ref('int_journal_lines_cleaned') }}

),

renumbered as (

    select * from {{ ref('int_journal_lines_renumbered') }}

),

identified as (

    select
        journal_lines.file_hash,
        journal_lines.load_id,
        journal_lines.line_number,
        coalesce(renumbered.journal_line_id, journal_lines.journal_line_id) as line_id,
        renumbered.apart_from_line_id,
        renumbered.line_number is not null as is_renumbered,
        journal_lines.company,
        journal_lines.posted_on,
        journal_lines.recorded_at
    from journal_lines
    left join renumbered
        on
            journal_lines.file_hash = renumbered.file_hash
            and journal_lines.load_id = renumbered.load_id
            and journal_lines.line_number = renumbered.line_number

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
        identified.company,
        identified.line_id,
        max(identified.recorded_at) over (partition by complete_exports.delivery_id) as last_recorded_at
    from complete_exports
    inner join identified
        on complete_exports.file_hash = identified.file_hash

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
    from journal_lines

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

),

exported_lines as (

    select distinct
        delivery_id,
        line_id
    from lines_of_exports

),

deleted as (

    select
        identified.file_hash,
        identified.load_id,
        identified.line_number,
        covering_exports.path as export_path
    from identified
    inner join covering_exports
        on
            coalesce(identified.company, '') = covering_exports.company
            and identified.posted_on = covering_exports.posted_on
            and covering_exports.recency = 1
    left join exported_lines
        on
            covering_exports.delivery_id = exported_lines.delivery_id
            and identified.line_id = exported_lines.line_id
    where
        exported_lines.line_id is null
        and (
            identified.load_id < covering_exports.load_id
            or (
                identified.load_id = covering_exports.load_id
                and coalesce(identified.recorded_at <= covering_exports.last_recorded_at, true)
            )
        )

),

{# Few lines come twice, so only those are brought in order. #}
repeated as (

    select line_id
    from identified
    group by line_id
    having count(*) > 1

),

numbered as (

    select
        identified.file_hash,
        identified.load_id,
        identified.line_number,
        row_number() over (
            partition by identified.line_id
            order by
                identified.recorded_at desc,
                identified.load_id desc,
                identified.file_hash asc,
                identified.line_number desc
        ) as recency
    from identified
    inner join repeated
        on identified.line_id = repeated.line_id

),

superseded as (

    select * from numbered
    where recency > 1

)

select
    identified.line_id as journal_line_id,
    identified.apart_from_line_id,
    identified.file_hash,
    identified.load_id,
    case
        when superseded.line_number is not null then 'superseded'
        when deleted.line_number is not null then 'deleted'
        else 'kept'
    end as disposition,
    deleted.export_path,
    identified.line_number
from identified
left join superseded
    on
        identified.file_hash = superseded.file_hash
        and identified.load_id = superseded.load_id
        and identified.line_number = superseded.line_number
left join deleted
    on
        identified.file_hash = deleted.file_hash
        and identified.load_id = deleted.load_id
        and identified.line_number = deleted.line_number
where
    identified.is_renumbered
    or superseded.line_number is not null
    or deleted.line_number is not null
