-- One row per line of W-3, of the four 941s, of 940 and of the returns of states.
select
    form,
    tax_quarter,
    jurisdiction,
    line_code,
    code,
    line_name,
    amount::decimal(28, 2) as amount
from payroll.fct_tax_forms
where
    form <> 'W-2'
    and tax_year = getvariable('tax_year')
order by form, tax_quarter, jurisdiction, line_code, code
