select
    payslip_id as Tieout_Payslip_ID,
    employee_id as Employee_ID,
    pay_period_id as Tieout_Pay_Period_ID,
    pay_group as Tieout_Pay_Group,
    department as Department,
    work_state as Tieout_Work_State,
    dated(paid_on) as Payment_Date,
    currency as Amount_Currency,
    plain(gross_amount) as Gross_Amount,
    plain(pretax_amount) as Pretax_Amount,
    plain(employee_tax_amount) as Employee_Tax_Amount,
    plain(garnishment_amount) as Garnishment_Amount,
    plain(posttax_amount) as Posttax_Amount,
    plain(net_amount) as Net_Amount,
    plain(employer_tax_amount) as Employer_Tax_Amount,
    status as Tieout_Status,
    blocked_reason as Tieout_Blocked_Reason,
    is_closed as Tieout_Is_Closed
from payslips
order by paid_on, pay_period_id, employee_id, payslip_id
