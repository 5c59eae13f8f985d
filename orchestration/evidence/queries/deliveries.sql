-- Every delivery of the files that hold statements of the month, under their names also with other contents, and what
-- is in quarantine or was taken out of count beside them. The reader counts a file's rows and amounts, and they are
-- counted again in the lake.
with set_aside as (

    select file_hash
    from intermediate.int_bank_statements_classified
    where
        account_id = getvariable('account_id')
        and first_covered_on <= getvariable('as_of')
        and last_covered_on >= getvariable('month_start')

),

totals as (

    select
        scope,
        max(expected) filter (where measure = 'rows') as rows_read,
        max(actual) filter (where measure = 'rows') as rows_in_lake,
        max(expected) filter (where measure = 'amount') as amount_read,
        max(actual) filter (where measure = 'amount') as amount_in_lake
    from marts.fct_control_totals
    where control_code = 'file_to_lake'
    group by scope

)

select
    files.path,
    files.file_hash,
    files.file_status as status,
    files.file_format,
    files.byte_count,
    case when files.file_status = 'loaded' then totals.rows_read end as rows_read,
    case when files.file_status = 'loaded' then totals.rows_in_lake end as rows_in_lake,
    case when files.file_status = 'loaded' then totals.amount_read end as amount_read,
    case when files.file_status = 'loaded' then totals.amount_in_lake end as amount_in_lake,
    files.quarantine_reason,
    files.quarantine_position,
    files.exclusion_id as excluded_in,
    files.collected_at
from staging.stg_collect__files as files
left join totals
    on files.path = totals.scope
where
    files.source_name = 'bank_statements'
    and (
        files.file_hash in (select account_statements.file_hash from account_statements)
        or files.file_hash in (select set_aside.file_hash from set_aside)
        or files.path in (select account_statements.file_path from account_statements)
        or files.path in (select account_quarantines.path from account_quarantines)
        or (
            files.file_status = 'excluded'
            and regexp_extract(files.path, '^(.*/)', 1) in (
                select regexp_extract(account_statements.file_path, '^(.*/)', 1)
                from account_statements
            )
        )
    )
order by files.path, files.collected_at, files.file_hash
