{{ config(materialized='table') }}

{{ batch_plan(
    inputs=[{'relation': ref('lines'), 'key': 'booked_on', 'columns': ['line_id', 'amount']}],
    by='day',
) }}
