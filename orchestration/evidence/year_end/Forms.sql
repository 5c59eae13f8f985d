-- One row per line of W-3, of the four 941s, of 940 and of the returns of states, and of what corrects those that were given.
select
    form,
    tax_quarter,
    jurisdiction,
    line_code,
    code,
    line_name,
    amount::decimal(28, 2) as amount,
    given_amount::decimal(28, 2) as given_amount
from payroll.fct_tax_forms
where
    form not in ('W-2', 'W-2c')
    and tax_year = getvariable('tax_year')
order by form, tax_quarter, jurisdiction, line_code, code
