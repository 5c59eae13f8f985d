select
    event_id,
    memo,
    arrival_number,
    size_bytes,
    amount,
    event_on,
    event_at
from {{ input_rows('events') }}
