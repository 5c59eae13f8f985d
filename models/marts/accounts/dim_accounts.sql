with accounts as (

    select * from {{ ref('int_accounts') }}

)

select
    account_id,
    bank_account,
    gl_account,
    account_name,
    currency,
    calendar_code,
    cast(gl_account_count as integer) as gl_account_count,
    has_ledger_account,
    has_statements,
    first_statement_on,
    last_statement_on,
    closed_on
from accounts
