-- One row per deposit of taxes, by the last day of the paydays it is for.
select
    form,
    jurisdiction,
    schedule,
    ends_on,
    due_on,
    amount::decimal(28, 2) as amount
from payroll.fct_tax_deposits
where year(ends_on) = getvariable('tax_year')
order by due_on, form, jurisdiction
