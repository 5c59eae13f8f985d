{{ deductions_taken('garnishment', ref('int_garnishment_limits')) }}
