select
    lines.payslip_line_id as Tieout_Payslip_Line_ID,
    lines.payslip_id as Tieout_Payslip_ID,
    lines.employee_id as Employee_ID,
    lines.pay_item_code as Tieout_Pay_Item_Code,
    lines.line_kind as Tieout_Line_Kind,
    lines.corrects_pay_period_id as Tieout_Corrects_Pay_Period_ID,
    plain(lines.hours) as Hours,
    plain(lines.rate) as Rate,
    plain(lines.basis_amount) as Basis_Amount,
    plain(lines.amount) as Amount,
    lines.currency as Amount_Currency,
    lines.explanation as Tieout_Explanation
from payroll.fct_payslip_lines as lines
inner join payslips
    on lines.payslip_id = payslips.payslip_id
order by payslips.paid_on, lines.payslip_id, lines.line_order, lines.payslip_line_id
