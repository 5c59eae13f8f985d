with named_accounts as (

    select * from {{ ref('stg_ledger__accounts') }}

),

account_ids as (

    select * from {{ ref('int_account_ids') }}

)

select
    named_accounts.gl_account,
    account_ids.account_id
from named_accounts
inner join account_ids
    on
        named_accounts.account_key = account_ids.account_key
        and named_accounts.currency = account_ids.currency
