select
    gl_account as GL_Account_Number,
    company as Business_Unit_Code,
    fiscal_year_of(getvariable('to_on')) as Fiscal_Year,
    period_of(getvariable('to_on')) as Period,
    dated(getvariable('to_on')) as Balance_As_Of_Date,
    plain(amount_before) as Amount_Beginning,
    plain(amount) as Amount_Ending,
    currency as Amount_Currency,
    null as Amount_Beginning_Reporting,
    null as Amount_Ending_Reporting,
    null as Amount_Reporting_Currency,
    null as Amount_Beginning_Local,
    null as Amount_Ending_Local,
    null as Amount_Local_Currency
from balances
order by gl_account, company nulls first, currency
