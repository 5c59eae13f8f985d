{{ deductions_taken('retirement', ref('int_retirement_available')) }}
