with statements as (

    select * from {{ ref('int_bank_statements_classified') }}
    where disposition = 'kept'

),

accounts as (

    select * from {{ ref('dim_accounts') }}

),

schedules as (

    select * from {{ ref('source_schedules') }}

),

business_dates as (

    select * from {{ ref('dim_business_dates') }}

),

as_of_date as (

    select * from {{ ref('int_as_of_date') }}

),

{# The dates that each source has delivered something for: of a bank account the last dates of its statements. A posting
   or a punch dated ahead says nothing of whether the days before it have come. #}
deliveries as (

    select distinct
        'bank' as source_name,
        statements.account_id as subject,
        accounts.account_name as subject_name,
        accounts.calendar_code,
        statements.last_covered_on as delivered_on
    from statements
    inner join accounts
        on statements.account_id = accounts.account_id
    inner join as_of_date
        on coalesce(accounts.closed_on >= as_of_date.as_of_on, true)
    union all
    select
        'bank' as source_name,
        account_id as subject,
        account_name as subject_name,
        calendar_code,
        cast(null as date) as delivered_on
    from accounts
    where
        not has_statements
        and closed_on is null
    union all
    select distinct
        'ledger' as source_name,
        'journal' as subject,
        'journal of the general ledger' as subject_name,
        cast(null as {{ dbt.type_string() }}) as calendar_code,
        journal_lines.posted_on as delivered_on
    from {{ ref('int_journal_lines_classified') }} as journal_lines
    inner join as_of_date
        on journal_lines.posted_on <= as_of_date.as_of_on
    where journal_lines.disposition = 'kept'
    union all
    select distinct
        'punches' as source_name,
        punches.device_id as subject,
        concat('clock ', punches.device_id) as subject_name,
        cast(null as {{ dbt.type_string() }}) as calendar_code,
        cast(punches.punched_at as date) as delivered_on
    from {{ ref('stg_payroll__punches') }} as punches
    inner join as_of_date
        on cast(punches.punched_at as date) <= as_of_date.as_of_on
    union all
    select distinct
        'hr' as source_name,
        pay_group as subject,
        concat('pay periods of ', pay_group) as subject_name,
        cast(null as {{ dbt.type_string() }}) as calendar_code,
        ends_on as delivered_on
    from {{ ref('stg_payroll__pay_periods') }}

),

scheduled as (

    select
        deliveries.source_name,
        deliveries.subject,
        deliveries.subject_name,
        deliveries.delivered_on,
        coalesce(own.calendar_code, every_one.calendar_code, deliveries.calendar_code) as calendar_code,
        case when own.source_name is null then every_one.interval_business_days else own.interval_business_days end
            as interval_given,
        case when own.source_name is null then every_one.grace_business_days else own.grace_business_days end
            as grace_business_days,
        as_of_date.as_of_on
    from deliveries
    cross join as_of_date
    left join schedules as own
        on
            deliveries.source_name = own.source_name
            and deliveries.subject = own.subject
    left join schedules as every_one
        on
            deliveries.source_name = every_one.source_name
            and every_one.subject = '*'

),

numbered as (

    select
        scheduled.*,
        business_dates.business_day_number,
        lag(business_dates.business_day_number) over (
            partition by scheduled.source_name, scheduled.subject
            order by scheduled.delivered_on
        ) as number_before
    from scheduled
    left join business_dates
        on
            scheduled.calendar_code = business_dates.calendar_code
            and scheduled.delivered_on = business_dates.date_on

),

summed as (

    select
        source_name,
        subject,
        min(subject_name) as subject_name,
        min(calendar_code) as calendar_code,
        max(delivered_on) as last_delivered_on,
        max(business_day_number) as last_number,
        max(grace_business_days) as grace_business_days,
        cast(coalesce(
            max(interval_given),
            ceil(median(business_day_number - number_before)),
            1
        ) as integer) as interval_business_days,
        max(as_of_on) as as_of_on
    from numbered
    group by source_name, subject

),

due as (

    select
        summed.*,
        summed.last_number + summed.interval_business_days + summed.grace_business_days as due_number,
        as_of_days.business_day_number as as_of_number
    from summed
    inner join business_dates as as_of_days
        on
            summed.calendar_code = as_of_days.calendar_code
            and summed.as_of_on = as_of_days.date_on

),

late as (

    select
        due.*,
        due_days.date_on as due_on,
        case
            when due.last_number is not null then greatest(due.as_of_number - due.due_number + 1, 0)
        end as business_days_late
    from due
    left join business_dates as due_days
        on
            due.calendar_code = due_days.calendar_code
            and due.due_number = due_days.business_day_number
            and due_days.is_business_day

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
from late
