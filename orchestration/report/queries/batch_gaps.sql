select
    model,
    batch_id,
    gap,
    last_status,
    last_note,
    planned_rows,
    done_rows,
    count(*) over () as total_count
from operations.fct_batch_gaps
order by model, batch_id
limit 10
