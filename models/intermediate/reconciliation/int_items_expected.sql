{# An item is expected on the other side within the window of the rule by reference. One of zero moves nothing and is
   never missed there. #}
with items as (

    select * from {{ ref('int_items') }}

),

windows as (

    select
        account_id,
        max(bank_days_before_ledger) as bank_days_before_ledger,
        max(bank_days_after_ledger) as bank_days_after_ledger
    from {{ ref('int_rules_by_account') }}
    where pass_code = 'reference'
    group by account_id

),

business_dates as (

    select * from {{ ref('int_business_dates') }}
    where is_business_day

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

)

select
    items.item_id,
    coalesce(windows.bank_days_before_ledger, 0) as bank_days_before_ledger,
    coalesce(windows.bank_days_after_ledger, 0) as bank_days_after_ledger,
    coalesce(as_of_date.as_of_on > business_dates.date_on, false) and items.amount <> 0 as is_break,
    business_dates.date_on as expected_by_on
from items
cross join as_of_date
left join windows
    on items.account_id = windows.account_id
left join business_dates
    on
        items.calendar_code = business_dates.calendar_code
        and items.business_day_number + case
            when items.side = 'bank' then coalesce(windows.bank_days_before_ledger, 0)
            else coalesce(windows.bank_days_after_ledger, 0)
        end = business_dates.business_day_number
