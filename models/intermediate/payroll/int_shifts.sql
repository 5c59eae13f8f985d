{{ config(materialized='view') }}

select
    punch_id as shift_id,
    next_punch_id as out_punch_id,
    employee_id,
    job_code,
    time_zone,
    week_starts_on,
    punched_at as started_at,
    next_punched_at as ended_at
from {{ ref('int_punch_pairs') }}
where direction = 'in' and reason is null
