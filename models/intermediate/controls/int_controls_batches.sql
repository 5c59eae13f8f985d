{{ batch_remainders('bank') }}
