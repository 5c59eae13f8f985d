with test_runs as (

    select
        *,
        case when status = 'pass' then 0 else 1 end as failed
    from {{ ref('fct_node_runs') }}
    where
        resource_type in ('test', 'unit_test')
        and status in ('pass', 'fail', 'error', 'warn')

),

tests as (

    select
        node_id,
        count(*) as run_count,
        sum(failed) as failure_count,
        sum(seconds) as seconds,
        min(started_at) as first_run_at,
        max(started_at) as last_run_at,
        max(case when failed = 1 then started_at end) as last_failed_at
    from test_runs
    group by node_id

),

last_runs as (

    select *
    from (
        select
            test_runs.*,
            row_number() over (partition by test_runs.node_id order by test_runs.invocation_id) as place
        from test_runs
        inner join tests
            on
                test_runs.node_id = tests.node_id
                and test_runs.started_at = tests.last_run_at
    ) as numbered
    where place = 1

),

{# Most tests never failed, so only the others are brought in order. #}
flips as (

    select
        node_id,
        sum(case when failed <> failed_before then 1 else 0 end) as flip_count
    from (
        select
            test_runs.node_id,
            test_runs.failed,
            lag(test_runs.failed) over (
                partition by test_runs.node_id
                order by test_runs.started_at, test_runs.invocation_id
            ) as failed_before
        from test_runs
        inner join tests
            on
                test_runs.node_id = tests.node_id
                and tests.failure_count > 0
    ) as ordered
    group by node_id

)

select
    tests.node_id as test_id,
    last_runs.resource_type,
    last_runs.node_name as test_name,
    last_runs.status as last_status,
    tests.run_count,
    cast(tests.failure_count as bigint) as failure_count,
    cast(coalesce(flips.flip_count, 0) as bigint) as flip_count,
    last_runs.failure_count as last_failing_rows,
    cast(tests.seconds / tests.run_count as decimal(18, 3)) as mean_seconds,
    tests.first_run_at,
    tests.last_run_at,
    tests.last_failed_at
from tests
inner join last_runs
    on tests.node_id = last_runs.node_id
left join flips
    on tests.node_id = flips.node_id
