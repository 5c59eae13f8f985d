select
    payments.payment_id as Tieout_Payment_ID,
    payments.payslip_id as Tieout_Payslip_ID,
    payments.employee_id as Employee_ID,
    dated(payments.effective_on) as Effective_Date,
    plain(payments.amount) as Amount,
    payments.currency as Amount_Currency,
    payments.file_reference as Tieout_File_Reference,
    payments.status as Tieout_Status,
    payments.reason_code as Tieout_Reason_Code,
    dated(payments.settled_on) as Tieout_Settled_Date,
    dated(payments.returned_on) as Tieout_Returned_Date,
    files.written_by as Entered_By,
    dated(files.written_at) as Entered_Date,
    timed(files.written_at) as Entered_Time
from payroll.fct_payroll_payments as payments
left join payroll.stg_payments__payment_files as files
    on payments.payment_file_id = files.payment_file_id
where payments.effective_on between getvariable('from_on') and getvariable('to_on')
order by payments.effective_on, payments.payment_id
