{{ config(materialized=read_outside()) }}

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

rulings as (

    {{ latest_rulings() }}

),

ruled as (

    select
        named_hash,
        max(decision_id) as exclusion_id,
        max(case when is_excluded and named_line = 0 then 1 else 0 end) = 1 as is_excluded
    from rulings
    group by named_hash

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
            when numbered.status = 'loaded' and ruled.is_excluded then 'excluded'
            else numbered.status
        end as file_status,
        numbered.reason as quarantine_reason,
        numbered.position as quarantine_position,
        ruled.exclusion_id,
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
            numbered.file_hash = ruled.named_hash
            and numbered.source <> 'decisions'
    where numbered.recency = 1

)

select * from renamed
