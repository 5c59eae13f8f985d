with items as (

    select
        *,
        'bank' as side
    from {{ ref('int_bank_items') }}
    union all
    select
        *,
        'ledger' as side
    from {{ ref('int_ledger_items') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

business_dates as (

    select * from {{ ref('int_business_dates') }}

)

select
    items.item_id,
    items.account_id,
    accounts.calendar_code,
    items.side,
    items.item_kind,
    items.currency,
    items.reference,
    items.counterparty,
    items.memo,
    items.reference_key,
    items.reference_words,
    items.counterparty_key,
    items.name_words,
    items.original_currency,
    items.file_hash,
    items.line_number,
    business_dates.business_day_number,
    cast(items.amount as decimal(28, 5)) as amount,
    items.original_amount,
    items.charges_amount,
    items.is_reversal,
    items.item_on,
    items.item_on as counted_on
from items
inner join accounts
    on items.account_id = accounts.account_id
left join business_dates
    on
        accounts.calendar_code = business_dates.calendar_code
        and items.item_on = business_dates.date_on
