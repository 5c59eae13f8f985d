{{ deductions_foreseen('posttax', ref('int_posttax_available')) }}
