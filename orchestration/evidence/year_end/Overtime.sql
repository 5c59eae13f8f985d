-- One row per line of overtime premium that box 12 TT adds up, with its workweek.
select
    payslip_id,
    employee_id,
    paid_on,
    corrects_pay_period_id,
    hours,
    rate,
    amount::decimal(28, 2) as amount,
    explanation
from payroll.fct_payslip_lines
inner join payroll.fct_payslips using (payslip_id, employee_id, is_closed)
where
    pay_item_code = 'OT'
    and is_closed
    and year(paid_on) = getvariable('tax_year')
order by employee_id, paid_on, payslip_line_id
