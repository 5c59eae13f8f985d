{{ batch_remainders([
    ('bank lines', ref('int_bank_line_batches')),
    ('journal lines', ref('int_journal_line_batches')),
]) }}
