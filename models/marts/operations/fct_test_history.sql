with test_runs as (

    select
        *,
        case when status = 'pass' then 0 else 1 end as failed
    from {{ ref('fct_node_runs') }}
    where
        resource_type in ('test', 'unit_test')
        and status in ('pass', 'fail', 'error', 'warn')

),

ordered as (

    select
        *,
        lag(failed) over (partition by node_id order by started_at asc, invocation_id asc) as failed_before,
        row_number() over (partition by node_id order by started_at desc, invocation_id asc) as recency
    from test_runs

)

select
    node_id as test_id,
    max(case when recency = 1 then resource_type end) as resource_type,
    max(case when recency = 1 then node_name end) as test_name,
    max(case when recency = 1 then status end) as last_status,
    count(*) as run_count,
    cast(sum(failed) as bigint) as failure_count,
    cast(sum(case when failed <> failed_before then 1 else 0 end) as bigint) as flip_count,
    max(case when recency = 1 then failure_count end) as last_failing_rows,
    cast(sum(seconds) / count(*) as decimal(18, 3)) as mean_seconds,
    min(started_at) as first_run_at,
    max(started_at) as last_run_at,
    max(case when failed = 1 then started_at end) as last_failed_at
from ordered
group by node_id
