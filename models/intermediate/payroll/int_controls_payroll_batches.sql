{{ batch_remainders('payroll') }}
