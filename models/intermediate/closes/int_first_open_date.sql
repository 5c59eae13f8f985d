select
    max(closed_on) as last_closed_on,
    cast({{ dbt.dateadd('day', 1, 'max(closed_on)') }} as date) as first_open_on
from {{ ref('int_closes_valid') }}
