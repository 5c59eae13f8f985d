-- One row per deposit of taxes, by the last day of the paydays it is for.
select
    form,
    jurisdiction,
    schedule,
    span_ends_on,
    deposit_due_on,
    amount::decimal(28, 2) as amount
from payroll.fct_tax_deposits
where year(span_ends_on) = getvariable('tax_year')
order by deposit_due_on, form, jurisdiction
