with test_history as (

    select * from {{ ref('int_test_history') }}

)

select
    test_id,
    resource_type,
    test_name,
    last_status,
    run_count,
    cast(failure_count as bigint) as failure_count,
    cast(flip_count as bigint) as flip_count,
    last_failing_rows,
    mean_seconds,
    first_run_at,
    last_run_at,
    last_failed_at
from test_history
