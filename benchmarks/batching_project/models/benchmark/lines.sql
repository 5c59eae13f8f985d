{{ config(materialized='view', event_time='booked_at') }}

select
    line_id,
    amount,
    memo,
    booked_on,
    cast(booked_on as timestamp) as booked_at
from {{ input_rows('lines/*') }}
