with collected_files as (

    select * from {{ source('lake', 'collected_files') }}

),

numbered as (

    select
        *,
        row_number() over (partition by path, file_hash order by load_id desc) as recency,
        row_number() over (partition by path order by load_id desc, file_hash asc) as recency_of_path
    from collected_files

),

decisions as (

    select * from {{ source('lake', 'decisions') }}

),

{# Of the decisions that name a file, in whole or by rows, the latest counts. They are read from the lake as they were
   delivered: their own staging asks here which files were loaded. #}
ruled as (

    select
        numbered.file_hash,
        decisions.decision_id,
        case when decisions.decision = 'exclude' then concat(' ', trim(decisions.subjects), ' ') end as excluded,
        row_number() over (
            partition by numbered.file_hash order by decisions.decided_at desc, decisions.decision_id desc
        ) as recency
    from numbered
    inner join decisions
        on decisions.subjects like concat('%', numbered.file_hash, '%')
    inner join numbered as decision_files
        on
            decisions.file_hash = decision_files.file_hash
            and decisions.load_id = decision_files.load_id
            and decision_files.status = 'loaded'
    where
        decisions.decision in ('exclude', 'include')
        and numbered.file_hash <> ''

),

renamed as (

    select
        {{ surrogate_key(['numbered.path', 'numbered.file_hash']) }} as delivery_id,
        numbered.file_hash,
        numbered.load_id,
        numbered.path,
        numbered.source as source_name,
        numbered.format as file_format,
        case
            when numbered.status <> 'quarantined' and ruled.excluded like concat('% ', numbered.file_hash, ' %')
                then 'excluded'
            else numbered.status
        end as file_status,
        numbered.reason as quarantine_reason,
        numbered.position as quarantine_position,
        ruled.decision_id as exclusion_id,
        ruled.excluded as excluded_rows,
        numbered.byte_count,
        numbered.record_count,
        numbered.amount_total,
        numbered.recency_of_path = 1 as is_latest_of_path,
        numbered.complete_from,
        numbered.complete_to,
        cast(numbered.collected_at as timestamp) as collected_at
    from numbered
    left join ruled
        on
            numbered.file_hash = ruled.file_hash
            and ruled.recency = 1
    where numbered.recency = 1

)

select * from renamed
