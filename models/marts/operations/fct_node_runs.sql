with node_runs as (

    select * from {{ ref('stg_operations__node_runs') }}

),

runs as (

    select * from {{ ref('stg_operations__runs') }}

)

select
    node_runs.invocation_id,
    node_runs.node_id,
    node_runs.resource_type,
    node_runs.node_name,
    node_runs.schema_name,
    node_runs.status,
    node_runs.message,
    node_runs.row_count,
    node_runs.failure_count,
    node_runs.seconds,
    node_runs.status in ('error', 'fail', 'runtime error', 'partial success') as is_failed,
    runs.business_date,
    runs.started_at
from node_runs
inner join runs
    on node_runs.invocation_id = runs.invocation_id
