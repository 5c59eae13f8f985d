select
    command,
    selection,
    status,
    seconds,
    node_count,
    failed_count,
    skipped_count,
    business_date,
    started_at,
    count(*) over () as total_count
from operations.fct_runs
order by started_at desc, invocation_id
limit 10
