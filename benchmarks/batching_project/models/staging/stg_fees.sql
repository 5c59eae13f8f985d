select
    fee_id,
    amount,
    fee_on
from {{ input_rows('fees') }}
