{{ config(materialized='view') }}

{% set pairing_interval = "interval '" ~ var('pairing_hours') ~ "' hour" -%}
with punches as (

    select
        *,
        cast({{ dbt.date_trunc('week', 'punched_at') }} as date) as own_week_on,
        cast({{ dbt.date_trunc('week', 'punched_at - ' ~ pairing_interval) }} as date) as week_before_on,
        cast({{ dbt.date_trunc('week', 'punched_at + ' ~ pairing_interval) }} as date) as week_after_on
    from {{ ref('int_punches') }}
    where not is_conflicting and employee_id is not null

)

{% for week, condition in [
    ('own_week_on', none), ('week_before_on', 'week_before_on < own_week_on'), ('week_after_on', 'week_after_on > own_week_on'),
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
    {{ week }} as week_starts_on,
    punched_at
from punches
{%- if condition is not none %}
where {{ condition }}
{%- endif %}
{%- if not loop.last %}
union all
{% endif -%}
{%- endfor %}
