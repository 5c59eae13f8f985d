with storage_uses as (

    select storage_uses.*
    from {{ source('lake', 'storage_uses') }} as storage_uses
    inner join {{ ref('stg_operations__runs') }} as runs
        on
            storage_uses.invocation_id = runs.invocation_id
            and storage_uses.load_id = runs.load_id

),

renamed as (

    select
        invocation_id,
        location,
        dataset_name,
        file_count,
        byte_count
    from storage_uses

)

select * from renamed
