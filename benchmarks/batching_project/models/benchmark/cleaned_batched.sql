{{ config(materialized='batched') }}

{{ cleaned_lines() }}
where {{ batching.in_batch('booked_on', ref('lines_by_day')) }}
