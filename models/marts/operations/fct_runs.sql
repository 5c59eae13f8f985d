with runs as (

    select * from {{ ref('stg_operations__runs') }}

)

select
    invocation_id,
    command,
    target_name,
    selection,
    status,
    node_count,
    failed_count,
    warned_count,
    skipped_count,
    seconds,
    row_number() over (order by started_at desc, invocation_id asc) = 1 as is_latest,
    business_date,
    started_at,
    finished_at
from runs
