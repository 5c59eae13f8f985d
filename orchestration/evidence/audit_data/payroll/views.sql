-- Payslips, their journal and their payments by payday and posting date of the span.
create temp view payslips as
select *
from payroll.fct_payslips
where paid_on between getvariable('from_on') and getvariable('to_on');

create temp view payroll_closes as
select
    pay_period_id,
    arg_max(closed_by, closed_at) as closed_by,
    max(closed_at) as closed_at
from payroll.stg_payroll__payroll_closes
group by pay_period_id;

create temp view payroll_journal_lines as
select
    lines.*,
    case lines.document_type
        when 'payroll' then closes.closed_by
        when 'payroll_payment' then files.written_by
    end as entered_by,
    case lines.document_type
        when 'payroll' then closes.closed_at
        when 'payroll_payment' then files.written_at
    end as entered_at
from payroll.fct_payroll_journal_lines as lines
left join payroll_closes as closes
    on lines.pay_period_id = closes.pay_period_id
left join payroll.fct_payroll_payments as payments
    on lines.payment_id = payments.payment_id
left join payroll.stg_payments__payment_files as files
    on payments.payment_file_id = files.payment_file_id
where lines.posted_on between getvariable('from_on') and getvariable('to_on');
