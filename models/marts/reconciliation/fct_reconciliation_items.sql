with items as (

    select * from {{ ref('int_items_cleared') }}

),

expected as (

    select * from {{ ref('int_items_expected') }}

),

remarks as (

    select * from {{ ref('int_item_remarks') }}

),

business_dates as (

    select * from {{ ref('dim_business_dates') }}

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

dated as (

    select
        items.*,
        case
            when items.match_id is not null then 'matched'
            when remarks.status is not null then remarks.status
            else 'open'
        end as status,
        expected.expected_by_on,
        expected.is_break,
        coalesce(items.cleared_on, as_of_date.as_of_on) as aged_to_on
    from items
    cross join as_of_date
    left join expected
        on items.item_id = expected.item_id
    left join remarks
        on items.item_id = remarks.item_id

),

aged as (

    select
        dated.*,
        greatest(business_dates.business_day_number - dated.business_day_number, 0) as age
    from dated
    left join business_dates
        on
            dated.calendar_code = business_dates.calendar_code
            and dated.aged_to_on = business_dates.date_on

)

select
    item_id,
    origin_item_id,
    account_id,
    match_id,
    side,
    item_kind,
    status,
    rule_code,
    currency,
    reference,
    counterparty,
    memo,
    case
        when match_id is not null then null
        when age <= 5 then '0 to 5'
        when age <= 10 then '6 to 10'
        when age <= 20 then '11 to 20'
        when age <= 60 then '21 to 60'
        else 'over 60'
    end as age_bucket,
    original_currency,
    file_hash,
    line_number,
    amount,
    original_amount,
    cast(age as integer) as age,
    is_frozen,
    match_id is null and is_break and status in ('open', 'unmatched') as is_break,
    item_on,
    counted_on,
    expected_by_on,
    cleared_on
from aged
