select
    path,
    source_name,
    quarantine_reason,
    quarantine_position,
    byte_count,
    quarantined_at,
    count(*) over () as total_count
from operations.fct_quarantined_files
where status = 'quarantined'
order by quarantined_at desc, path, delivery_id
limit 20
