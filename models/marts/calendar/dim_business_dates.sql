with business_dates as (

    select * from {{ ref('int_business_dates') }}

)

select
    calendar_code,
    holiday_name,
    business_day_number,
    is_weekend,
    is_bank_holiday,
    is_business_day,
    date_on
from business_dates
