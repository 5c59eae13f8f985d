{{ config(materialized='table') }}

{{ batching.batch_plan(
    inputs=[{'relation': ref('lines'), 'key': 'booked_on', 'columns': ['line_id', 'amount']}],
    by='day',
) }}
