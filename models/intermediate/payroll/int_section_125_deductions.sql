{{ deductions_taken('section_125', ref('int_section_125_available')) }}
