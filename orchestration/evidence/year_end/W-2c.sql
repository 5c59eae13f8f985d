-- One row per employee and box that says something else now than the W-2 that was given.
select
    employee_id,
    line_code as box,
    code,
    jurisdiction,
    given_amount::decimal(28, 2) as previous_amount,
    amount::decimal(28, 2) as correct_amount
from payroll.fct_tax_forms
where
    form = 'W-2c'
    and tax_year = getvariable('tax_year')
order by employee_id, line_code, code, jurisdiction
