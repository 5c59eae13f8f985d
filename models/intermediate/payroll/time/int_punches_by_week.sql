{{ config(materialized='view') }}

with punches as (

    select * from {{ ref('int_punches') }}
    where not is_conflicting and employee_id is not null

)

{% for week, is_neighbour in [('week_starts_on', 'false'), ('neighbour_week_starts_on', 'true')] -%}
select
    punch_id,
    device_id,
    badge,
    employee_id,
    direction,
    job_code,
    time_zone,
    sequence,
    workday_starts_hour,
    {{ is_neighbour }} as is_neighbour,
    {{ week }} as week_starts_on,
    punched_at
from punches
where {{ week }} is not null
{%- if not loop.last %}
union all
{% endif -%}
{%- endfor %}
