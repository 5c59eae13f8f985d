with named_accounts as (

    select
        account_key,
        currency
    from {{ ref('stg_bank__statements') }}
    union distinct
    select
        account_key,
        currency
    from {{ ref('stg_ledger__accounts') }}
    where account_key is not null

),

counted as (

    select
        *,
        count(*) over (partition by account_key) as currency_count
    from named_accounts

)

select
    case
        when currency_count = 1 then account_key
        else concat(account_key, '-', currency)
    end as account_id,
    account_key,
    currency
from counted
