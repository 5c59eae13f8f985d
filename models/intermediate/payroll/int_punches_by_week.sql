{{ config(materialized='view') }}

{% set pairing_interval = 'interval ' ~ var('pairing_hours') ~ ' hours' -%}
with punches as (

    select * from {{ ref('int_punches') }}
    where not is_conflicting and employee_id is not null

)

{% for week_starts_on, condition in [
    ('week_starts_on', none),
    (days_later('week_starts_on', -7), 'punched_at - ' ~ pairing_interval ~ ' < week_starts_on'),
    (days_later('week_starts_on', 7), 'punched_at + ' ~ pairing_interval ~ ' >= ' ~ days_later('week_starts_on', 7)),
] -%}
select
    punch_id,
    device_id,
    employee_id,
    direction,
    job_code,
    time_zone,
    sequence,
    {{ 'false' if condition is none else 'true' }} as is_neighbour,
    {{ week_starts_on }} as week_starts_on,
    punched_at
from punches
{%- if condition is not none %}
where {{ condition }}
{%- endif %}
{%- if not loop.last %}
union all
{% endif -%}
{%- endfor %}
