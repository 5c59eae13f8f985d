with ledger_accounts as (

    select
        named.*,
        account_ids.account_id
    from {{ ref('stg_ledger__accounts') }} as named
    inner join {{ ref('int_account_ids') }} as account_ids
        on
            named.account_key = account_ids.account_key
            and named.currency = account_ids.currency

),

statements as (

    select * from {{ ref('int_bank_statements_classified') }}

),

currency_calendars as (

    select * from {{ ref('currency_calendars') }}

),

in_ledger as (

    select
        account_id,
        min(gl_account) as gl_account,
        min(account_name) as account_name,
        min(bank_account) as bank_account,
        min(currency) as currency,
        count(*) as gl_account_count
    from ledger_accounts
    group by account_id

),

in_statements as (

    select
        account_id,
        min(account_number) as account_number,
        min(currency) as currency,
        min(first_covered_on) as first_statement_on,
        max(last_covered_on) as last_statement_on
    from statements
    where disposition = 'kept'
    group by account_id

)

select
    coalesce(in_statements.account_id, in_ledger.account_id) as account_id,
    coalesce(in_ledger.bank_account, in_statements.account_number) as bank_account,
    in_ledger.gl_account,
    coalesce(in_ledger.account_name, in_statements.account_number) as account_name,
    coalesce(in_ledger.currency, in_statements.currency) as currency,
    coalesce(currency_calendars.calendar_code, '{{ weekend_calendar() }}') as calendar_code,
    coalesce(in_ledger.gl_account_count, 0) as gl_account_count,
    in_ledger.account_id is not null as has_ledger_account,
    in_statements.account_id is not null as has_statements,
    in_statements.first_statement_on,
    in_statements.last_statement_on
from in_statements
full outer join in_ledger
    on in_statements.account_id = in_ledger.account_id
left join currency_calendars
    on coalesce(in_ledger.currency, in_statements.currency) = currency_calendars.currency
