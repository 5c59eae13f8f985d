with ledger_accounts as (

    select
        named.*,
        cash_accounts.account_id,
        cash_accounts.name_id as cash_account
    from {{ ref('stg_ledger__accounts') }} as named
    inner join {{ ref('int_account_ids') }} as cash_accounts
        on
            named.gl_account = cash_accounts.gl_account
            and cash_accounts.named_by = 'ledger_account'

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
        min(case when cash_account = gl_account then bank_account end) as bank_account,
        min(currency) as currency,
        count(distinct gl_account) as gl_account_count,
        case
            when sum(case when cash_account = gl_account and closed_on is null then 1 else 0 end) = 0
                then max(case when cash_account = gl_account then closed_on end)
        end as closed_on
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

),

{# An account stays, also when what it was named by is known as another one now: its closed dates are its own. #}
in_closes as (

    select
        account_id,
        min(currency) as currency
    from {{ ref('stg_closes__balances') }}
    group by account_id

)

select
    coalesce(in_statements.account_id, in_ledger.account_id, in_closes.account_id) as account_id,
    coalesce(in_ledger.bank_account, in_statements.account_number, in_closes.account_id) as bank_account,
    in_ledger.gl_account,
    coalesce(in_ledger.account_name, in_statements.account_number, in_closes.account_id) as account_name,
    coalesce(in_ledger.currency, in_statements.currency, in_closes.currency) as currency,
    coalesce(currency_calendars.calendar_code, '{{ weekend_calendar() }}') as calendar_code,
    cast(coalesce(in_ledger.gl_account_count, 0) as integer) as gl_account_count,
    in_ledger.account_id is not null as has_ledger_account,
    in_statements.account_id is not null as has_statements,
    in_statements.first_statement_on,
    in_statements.last_statement_on,
    in_ledger.closed_on
from in_statements
full outer join in_ledger
    on in_statements.account_id = in_ledger.account_id
full outer join in_closes
    on coalesce(in_statements.account_id, in_ledger.account_id) = in_closes.account_id
left join currency_calendars
    on coalesce(in_ledger.currency, in_statements.currency, in_closes.currency) = currency_calendars.currency
