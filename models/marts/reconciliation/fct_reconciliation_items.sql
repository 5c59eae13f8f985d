with items as (

    select * from {{ ref('int_items_cleared') }}

),

accounts as (

    select * from {{ ref('int_accounts') }}

),

business_dates as (

    select * from {{ ref('int_business_dates') }}

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

dated as (

    select
        items.*,
        accounts.calendar_code,
        coalesce(items.cleared_on, as_of_date.as_of_on) as aged_to_on
    from items
    inner join accounts
        on items.account_id = accounts.account_id
    cross join as_of_date

)

select
    dated.item_id,
    dated.account_id,
    dated.match_id,
    dated.side,
    dated.item_kind,
    case when dated.match_id is null then 'open' else 'matched' end as status,
    dated.rule_code,
    dated.currency,
    dated.reference,
    dated.counterparty,
    dated.memo,
    dated.file_hash,
    cast(dated.line_number as bigint) as line_number,
    dated.amount,
    cast(greatest(business_dates.business_day_number - dated.business_day_number, 0) as integer) as age,
    dated.item_on,
    dated.cleared_on
from dated
left join business_dates
    on
        dated.calendar_code = business_dates.calendar_code
        and dated.aged_to_on = business_dates.date_on
