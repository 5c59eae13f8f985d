{{ batch_remainders([
    ('punches', ref('int_punch_batches')),
    ('closed payslips', ref('int_closed_payday_batches')),
]) }}
