select
    source_name,
    subject_name,
    status,
    business_days_late,
    last_delivered_on,
    due_on,
    count(*) over () as total_count
from operations.fct_source_freshness
where status <> 'on time'
order by business_days_late desc nulls last, source_name, subject_name, subject
limit 20
