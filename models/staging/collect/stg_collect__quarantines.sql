with attempts as (

    {{ newest_attempts("status = 'quarantined'") }}

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
    from attempts

)

select * from renamed
