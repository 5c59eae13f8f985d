with collected_files as (

    select * from {{ source('lake', 'collected_files') }}

),

numbered as (

    select
        *,
        row_number() over (partition by path, file_hash order by load_id desc) as recency
    from collected_files
    where status = 'quarantined'

),

renamed as (

    select
        {{ surrogate_key(['path', 'file_hash']) }} as delivery_id,
        load_id,
        path,
        source as source_name,
        format as file_format,
        reason as quarantine_reason,
        position as quarantine_position,
        byte_count,
        cast(collected_at as timestamp) as collected_at
    from numbered
    where recency = 1

)

select * from renamed
