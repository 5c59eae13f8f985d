select
    model,
    batch_id,
    attempt_number,
    status,
    note,
    rows_in,
    started_at,
    count(*) over () as total_count
from operations.fct_batch_runs
where
    is_last_attempt
    and status in ('failed', 'killed')
order by started_at desc, model, batch_id
limit 10
