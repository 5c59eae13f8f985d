-- Of each file with amounts what it must hold, from what it is made of.
select
    'Payroll_GL_Detail' as Subject,
    currency as Amount_Currency,
    count(*) as Record_Count,
    plain(sum(case when amount > 0 then amount else 0 end)) as Debit_Total,
    plain(sum(case when amount < 0 then -amount else 0 end)) as Credit_Total,
    null as Net_Total,
    dated(min(posted_on)) as First_Date,
    dated(max(posted_on)) as Last_Date
from payroll.fct_payroll_journal_lines
where posted_on between getvariable('from_on') and getvariable('to_on')
group by currency
union all
select
    'Payroll_Register' as Subject,
    currency as Amount_Currency,
    count(*) as Record_Count,
    null as Debit_Total,
    null as Credit_Total,
    plain(sum(net_amount)) as Net_Total,
    dated(min(paid_on)) as First_Date,
    dated(max(paid_on)) as Last_Date
from payslips
group by currency
union all
select
    'Payroll_Payments' as Subject,
    currency as Amount_Currency,
    count(*) as Record_Count,
    null as Debit_Total,
    null as Credit_Total,
    plain(sum(amount)) as Net_Total,
    dated(min(effective_on)) as First_Date,
    dated(max(effective_on)) as Last_Date
from payroll.fct_payroll_payments
where effective_on between getvariable('from_on') and getvariable('to_on')
group by currency
order by Subject, Amount_Currency
