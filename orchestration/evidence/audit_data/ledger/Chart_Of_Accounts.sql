with used as (

    select distinct gl_account
    from balances

)

select
    coalesce(accounts.gl_account, used.gl_account) as GL_Account_Number,
    accounts.account_name as GL_Account_Name,
    null as GL_Account_Description,
    null as FS_Caption,
    case accounts.account_type
        when 'asset' then 'Assets'
        when 'liability' then 'Liabilities'
        when 'equity' then 'Equity'
        when 'revenue' then 'Revenue'
        when 'expense' then 'Expenses'
        else accounts.account_type
    end as Account_Type,
    null as Account_Subtype,
    null as Parent_GL_Account_Number,
    accounts.currency as Tieout_Currency,
    accounts.bank_account as Tieout_Bank_Account
from staging.stg_ledger__accounts as accounts
full outer join used
    on accounts.gl_account = used.gl_account
order by coalesce(accounts.gl_account, used.gl_account)
