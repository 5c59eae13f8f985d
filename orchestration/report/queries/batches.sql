with last_runs as (

    select *
    from operations.fct_batch_runs
    qualify run_number = max(run_number) over (partition by model)

)

select
    model,
    min(started_at) as started_at,
    count(*) as batch_count,
    count(*) filter (where status in ('failed', 'killed')) as failed_count,
    sum(rows_in) as rows_in,
    sum(rows_set_aside) as rows_set_aside,
    sum(bytes_in) as bytes_in,
    sum(seconds) as seconds,
    max(seconds) as slowest_seconds,
    cast(sum(rows_in) filter (where seconds > 0) / nullif(sum(seconds), 0) as decimal(18, 1)) as rows_per_second,
    count(*) over () as total_count
from last_runs
group by model
order by sum(seconds) desc nulls last, model
limit 30
