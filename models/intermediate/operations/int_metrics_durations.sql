with runs as (

    select
        *,
        concat(command, ' ', coalesce(selection, 'of everything'), ' on ', target_name) as run_kind
    from {{ ref('stg_operations__runs') }}
    where status = 'succeeded'

),

recent_runs as (

    select
        *,
        row_number() over (partition by run_kind order by started_at desc, invocation_id asc) as recency
    from runs

),

model_runs as (

    select * from {{ ref('stg_operations__node_runs') }}
    where
        resource_type = 'model'
        and status = 'success'

)

select
    'run_seconds' as metric,
    run_kind as subject,
    invocation_id,
    cast(seconds as double) as observed,
    node_count as record_count,
    coalesce(business_date, cast(started_at as date)) as business_date,
    started_at
from recent_runs
where recency <= {{ var('duration_runs') }}
union all
select
    'model_seconds' as metric,
    concat(model_runs.node_name, ', ', recent_runs.run_kind) as subject,
    recent_runs.invocation_id,
    cast(model_runs.seconds as double) as observed,
    model_runs.row_count as record_count,
    coalesce(recent_runs.business_date, cast(recent_runs.started_at as date)) as business_date,
    recent_runs.started_at
from recent_runs
inner join model_runs
    on recent_runs.invocation_id = model_runs.invocation_id
where recent_runs.recency <= {{ var('duration_runs') }}
