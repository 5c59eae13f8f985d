select
    period_id,
    starts_on,
    ends_on
from {{ input_rows('periods') }}
