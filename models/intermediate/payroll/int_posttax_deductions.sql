{{ deductions_taken('posttax', ref('int_posttax_available')) }}
