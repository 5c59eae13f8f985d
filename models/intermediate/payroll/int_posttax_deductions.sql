{{ deductions_taken('posttax', ref('int_posttax_available'), foreseen=ref('int_posttax_foreseen')) }}
