-- The records that counted on some day of the span. Tax numbers and bank details stay where they are.
select
    employee_id as Employee_ID,
    name as Employee_Name,
    department as Department,
    job_code as Title,
    pay_group as Tieout_Pay_Group,
    work_state as Tieout_Work_State,
    dated(hired_on) as Hire_Date,
    dated(left_on) as Termination_Date,
    dated(effective_on) as Tieout_Effective_Date,
    dated(effective_before_on) as Tieout_Effective_Before_Date
from payroll.dim_employees
where
    effective_on <= getvariable('to_on')
    and coalesce(effective_before_on > getvariable('from_on'), true)
order by employee_id, effective_on
