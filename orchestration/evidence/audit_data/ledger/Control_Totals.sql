-- Of each file with amounts what it must hold, from what it is made of; and what of the span it does not hold.
select
    'GL_Detail' as Subject,
    currency as Amount_Currency,
    count(*) as Record_Count,
    plain(sum(case when amount > 0 then amount else 0 end)) as Debit_Total,
    plain(sum(case when amount < 0 then -amount else 0 end)) as Credit_Total,
    dated(min(posted_on)) as First_Date,
    dated(max(posted_on)) as Last_Date
from journal_lines
group by currency
union all
select
    'Trial_Balance' as Subject,
    currency as Amount_Currency,
    count(*) as Record_Count,
    plain(sum(case when amount > 0 then amount else 0 end)) as Debit_Total,
    plain(sum(case when amount < 0 then -amount else 0 end)) as Credit_Total,
    dated(min(first_on)) as First_Date,
    dated(max(last_on)) as Last_Date
from balances
group by currency
union all
select
    disposition || ' lines, in no file' as Subject,
    currency as Amount_Currency,
    count(*) as Record_Count,
    plain(sum(case when amount > 0 then amount else 0 end)) as Debit_Total,
    plain(sum(case when amount < 0 then -amount else 0 end)) as Credit_Total,
    dated(min(posted_on)) as First_Date,
    dated(max(posted_on)) as Last_Date
from intermediate.int_journal_lines_classified
where
    disposition <> 'kept'
    and posted_on between getvariable('from_on') and getvariable('to_on')
group by disposition, currency
order by Subject, Amount_Currency
