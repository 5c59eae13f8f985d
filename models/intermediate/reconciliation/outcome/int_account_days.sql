with accounts as (

    select * from {{ ref('dim_accounts') }}

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

business_dates as (

    select * from {{ ref('dim_business_dates') }}

),

ledger_items as (

    select
        account_id,
        min(item_on) as first_item_on
    from {{ ref('int_ledger_items') }}
    group by account_id

),

first_days as (

    select
        accounts.account_id,
        accounts.currency,
        accounts.calendar_code,
        least(accounts.first_statement_on, ledger_items.first_item_on) as first_on
    from accounts
    left join ledger_items
        on accounts.account_id = ledger_items.account_id

)

select
    first_days.account_id,
    first_days.currency,
    business_dates.is_business_day,
    business_dates.date_on
from first_days
inner join business_dates
    on
        first_days.calendar_code = business_dates.calendar_code
        and first_days.first_on <= business_dates.date_on
inner join as_of_date
    on business_dates.date_on <= as_of_date.as_of_on
