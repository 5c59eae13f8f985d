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

renamed as (

    select
        {{ surrogate_key(['path', 'file_hash']) }} as delivery_id,
        file_hash,
        load_id,
        path,
        source as source_name,
        format as file_format,
        status as file_status,
        reason as quarantine_reason,
        position as quarantine_position,
        byte_count,
        record_count,
        amount_total,
        recency_of_path = 1 as is_latest_of_path,
        complete_from,
        complete_to,
        cast(collected_at as timestamp) as collected_at
    from numbered
    where recency = 1

)

select * from renamed
