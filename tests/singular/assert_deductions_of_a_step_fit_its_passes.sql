{{ config(group='payroll') }}
-- A step works out deductions in passes, and pass n is exact for the first n of an employee (macro deductions_taken):
-- two in most steps, four among the post-tax ones. A payslip with more of them may be cut short by a later one.
select
    payslip_id,
    calculation_step,
    count(*) as deduction_count
from {{ ref('int_deductions_requested') }}
group by payslip_id, calculation_step
having count(*) > case when calculation_step = 'posttax' then 4 else 2 end
