with freshness as (

    select * from {{ ref('int_source_freshness') }}

)

select
    source_name,
    subject,
    subject_name,
    calendar_code,
    case
        when last_delivered_on is null then 'never delivered'
        when business_days_late > 0 then 'late'
        else 'on time'
    end as status,
    interval_business_days,
    grace_business_days,
    business_days_late,
    last_delivered_on,
    due_on,
    as_of_on
from freshness
