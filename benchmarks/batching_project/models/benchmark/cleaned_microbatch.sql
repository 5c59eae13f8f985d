{{ config(
    materialized='incremental',
    incremental_strategy='microbatch',
    event_time='booked_at',
    begin='2020-01-01',
    batch_size='day',
    lookback=0,
) }}

{{ cleaned_lines() }}
