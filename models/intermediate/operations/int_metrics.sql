with by_business_date as (

    select * from {{ ref('int_metrics_bank_lines') }}
    union all
    select * from {{ ref('int_metrics_journal_lines') }}
    union all
    select * from {{ ref('int_metrics_match_rates') }}

),

durations as (

    select * from {{ ref('int_metrics_durations') }}

),

weekdays as (

    select
        dates.date_on,
        dates.business_day_number,
        {{ days_between("cast('1980-01-07' as date)", 'dates.date_on') }} % 7 + 1 as weekday_number,
        max(dates.business_day_number) over (partition by {{ dbt.date_trunc('month', 'dates.date_on') }}) as last_number
    from {{ ref('int_business_dates') }} as dates
    where dates.calendar_code = '{{ weekend_calendar() }}'

)

select
    by_business_date.metric,
    by_business_date.subject,
    cast(null as {{ dbt.type_string() }}) as invocation_id,
    case
        when weekdays.last_number - weekdays.business_day_number < {{ var('month_end_days') }} then 'month end'
        else concat('weekday ', cast(weekdays.weekday_number as {{ dbt.type_string() }}))
    end as day_class,
    by_business_date.observed,
    by_business_date.record_count,
    by_business_date.business_date,
    cast(by_business_date.business_date as timestamp) as ordered_at
from by_business_date
inner join weekdays
    on by_business_date.business_date = weekdays.date_on
union all
select
    metric,
    subject,
    invocation_id,
    'run' as day_class,
    observed,
    record_count,
    business_date,
    started_at as ordered_at
from durations
