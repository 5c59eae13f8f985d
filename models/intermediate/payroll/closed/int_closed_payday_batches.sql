{{ batching.batch_plan(
    inputs=[{
        'relation': ref('int_pay_periods_closed'),
        'key': 'paid_on',
        'columns': ['close_id'],
        'rows': 'payslip_count',
    }],
    by=batch_grain('month'),
) }}
