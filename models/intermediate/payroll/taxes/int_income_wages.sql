{{ wages_to_date(
    ['federal_regular', 'federal_supplemental', 'state_income'],
    [ref('int_earnings'), ref('int_section_125_deductions'), ref('int_retirement_deductions')]
) }}
