{# An item is expected on the other side within the window of the rule by reference; a cheque in the books within that
   of the rule by cheque number, until it is stale. One of zero moves nothing and is never missed there. #}
with items as (

    select
        *,
        side = 'ledger' and coalesce(position('CHEQUE' in reference_words) > 0, false) as is_cheque
    from {{ ref('int_items') }}

),

windows as (

    select
        account_id,
        bank_key = 'cheque' as is_cheque,
        max(bank_days_before_ledger) as bank_days_before_ledger,
        max(bank_days_after_ledger) as bank_days_after_ledger
    from {{ ref('int_rules_by_account') }}
    where
        pass_code = 'reference'
        or bank_key = 'cheque'
    group by account_id, bank_key = 'cheque'

),

business_dates as (

    select * from {{ ref('dim_business_dates') }}
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
    on
        items.account_id = windows.account_id
        and items.is_cheque = windows.is_cheque
left join business_dates
    on
        items.calendar_code = business_dates.calendar_code
        and items.business_day_number + case
            when items.side = 'bank' then coalesce(windows.bank_days_before_ledger, 0)
            else coalesce(windows.bank_days_after_ledger, 0)
        end = business_dates.business_day_number
