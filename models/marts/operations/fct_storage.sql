with storage_uses as (

    select * from {{ ref('stg_operations__storage_uses') }}

),

runs as (

    select * from {{ ref('stg_operations__runs') }}

),

measured as (

    select
        storage_uses.*,
        runs.business_date,
        runs.started_at,
        lag(storage_uses.byte_count) over (
            partition by storage_uses.location, storage_uses.dataset_name
            order by runs.started_at asc, runs.invocation_id asc
        ) as byte_count_before
    from storage_uses
    inner join runs
        on storage_uses.invocation_id = runs.invocation_id

)

select
    invocation_id,
    location,
    dataset_name,
    file_count,
    byte_count,
    byte_count - byte_count_before as growth_bytes,
    business_date,
    started_at
from measured
