{{ batching.batch_plan(
    inputs=[{
        'relation': ref('int_punches_by_week'),
        'key': 'week_starts_on',
        'columns': [
            'punch_id', 'employee_id', 'direction', 'job_code', 'time_zone', 'workday_starts_hour', 'punched_at',
        ],
    }],
    by=batch_grain('week'),
) }}
