{{ batch_plan(
    inputs=[{
        'relation': ref('stg_collect__files'),
        'key': "concat(load_id, ' ', path, ' ', file_hash)",
        'columns': ['delivery_id', 'file_status'],
        'rows': 'record_count',
        'bytes': 'byte_count',
    }],
    by='bytes',
    size=env_var('TIEOUT_BATCH_MB', '64') | int * 1048576,
    key_type=dbt.type_string(),
) }}
