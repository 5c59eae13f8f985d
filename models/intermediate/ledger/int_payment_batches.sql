{{ batch_plan(
    inputs=[{
        'relation': ref('int_ledger_payments'),
        'key': 'payment_key',
        'columns': ['item_id', 'amount'],
        'amount': 'amount',
    }],
    by='rows',
    size=var('payment_batch_rows'),
    key_type=dbt.type_string(),
) }}
