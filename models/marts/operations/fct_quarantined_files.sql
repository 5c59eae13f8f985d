with quarantines as (

    select * from {{ ref('stg_collect__quarantines') }}

),

loaded as (

    select
        path,
        max(load_id) as load_id,
        max(collected_at) as loaded_at
    from {{ ref('stg_collect__files') }}
    where file_status in ('loaded', 'duplicate')
    group by path

)

select
    quarantines.delivery_id,
    quarantines.path,
    quarantines.source_name,
    quarantines.file_format,
    case when loaded.load_id is null then 'quarantined' else 'loaded since' end as status,
    quarantines.quarantine_reason,
    quarantines.quarantine_position,
    quarantines.byte_count,
    quarantines.collected_at as quarantined_at,
    loaded.loaded_at
from quarantines
left join loaded
    on
        quarantines.path = loaded.path
        and quarantines.load_id <= loaded.load_id
