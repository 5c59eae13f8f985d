with days as (

    {{ dbt.date_spine(
        datepart="day",
        start_date="cast('" ~ var('calendar_start') ~ "' as date)",
        end_date="cast('" ~ var('calendar_end') ~ "' as date)"
    ) }}

),

currency_calendars as (

    select * from {{ ref('currency_calendars') }}

),

bank_holidays as (

    select * from {{ ref('bank_holidays') }}

),

calendars as (

    select distinct calendar_code from currency_calendars
    union distinct
    select '{{ weekend_calendar() }}' as calendar_code

),

calendar_days as (

    select
        calendars.calendar_code,
        bank_holidays.holiday_name,
        cast(days.date_day as date) as date_on,
        {{ is_weekend('cast(days.date_day as date)') }} as is_weekend,
        bank_holidays.holiday_on is not null as is_bank_holiday
    from calendars
    cross join days
    left join bank_holidays
        on
            calendars.calendar_code = bank_holidays.calendar_code
            and cast(days.date_day as date) = bank_holidays.holiday_on

),

numbered as (

    select
        *,
        not is_weekend and not is_bank_holiday as is_business_day,
        sum(case when is_weekend or is_bank_holiday then 0 else 1 end) over (
            partition by calendar_code
            order by date_on
            rows between unbounded preceding and current row
        ) as business_days_so_far
    from calendar_days

)

select
    calendar_code,
    holiday_name,
    cast(business_days_so_far as integer) as business_day_number,
    is_weekend,
    is_bank_holiday,
    is_business_day,
    date_on
from numbered
